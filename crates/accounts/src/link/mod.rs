//! One-time links: 256 bits, one use, a short life. Only a keyed hash is stored.

pub(crate) mod act;
mod model;
pub(crate) mod store;

pub use model::{LinkView, NewLink, Purpose};
