//! Tokens for programs: 256 bits, shown once, with an end, and never more rights than their owner has at the moment.

pub(crate) mod act;
mod authenticate;
mod model;
mod rules;
mod store;

pub(crate) use authenticate::Bearer;
pub use model::{NewToken, TokenForm, TokenView};
