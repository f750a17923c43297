//! Passwords: which are refused, and hashing.

pub(crate) mod act;
mod breached;
mod change;
pub(crate) mod rules;

pub use breached::{Breached, BreachedFault, build_breached};
pub(crate) use rules::About;
pub use rules::{LONGEST, SHORTEST, SHORTEST_OF_TWO};
