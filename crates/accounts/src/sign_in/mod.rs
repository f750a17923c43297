//! Signing in: look up, verify outside any transaction, finish. Every refusal looks and costs the same.

mod act;
mod admit;
pub(crate) mod device;
pub(crate) mod store;

pub use act::SignIn;
pub(crate) use act::{enter, enter_proven, forget_tries};
pub(crate) use admit::turned_away;
