//! Passwords: which are refused, and hashing.

pub(crate) mod act;
mod change;
pub(crate) mod rules;

pub(crate) use rules::About;
pub use rules::{LONGEST, SHORTEST};
