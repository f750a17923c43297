//! Sessions: started, recognised by their cookie, renewed, ended (OWASP ASVS 5.0 V7).

pub(crate) mod act;
mod authenticate;
mod bound;
mod device;
mod memory;
mod model;
pub(crate) mod store;

pub use bound::{BoundAnswer, BoundNext};
pub(crate) use memory::Recognised;
pub use model::{DeviceAnswer, DeviceQuestion, NewSession, SessionView, Signed, SignedUser};
