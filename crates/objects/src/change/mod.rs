//! What somebody wants a record to hold, and what that makes of it: pure, no clock, no database.
//!
//! # How to add one more
//! A rule about every change: in `rules.rs`, with a variant of [`Why`](crate::value::Why) for whoever is refused.

mod input;
pub mod rules;

pub use input::{Change, Input};
pub use rules::{Altered, Altering, Terms, alter, defaults, make};
