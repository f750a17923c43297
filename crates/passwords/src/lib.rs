//! Which passwords are refused.
//!
//! - [`normal`], [`check`], [`leans`]: the one form that is hashed, what is wrong with a password, and whether it is too short
//!   to stand alone.
//! - [`Breached`], [`build_breached`]: a list of breached passwords that the operator brings, read where it lies.
//!
//! # How to add one more
//! A reason to refuse one: a code in `rules.rs`, and its words in the catalogue of the pages.

mod breached;
mod rules;

pub use breached::{Breached, BreachedFault, build_breached};
pub use rules::{About, LONGEST, SHORTEST, SHORTEST_OF_TWO, check, leans, normal};
