//! How many people somebody saw, and how many they may: exact, in memory, without clock or database.
//!
//! - [`Tally`]: everybody's count, [`Tally::reserve`] before an answer leaves.
//! - [`Limits`] of roles, [`Spent`]: which one was reached, [`Standing`]: what is left.
//!
//! # How to add one more
//! Somebody else for whom people are counted: a variant of [`Reader`], and its rows in the database's `budget`.

mod count;
mod limits;
mod tally;

pub use count::{Counted, DAY, Pass};
pub use limits::{Limits, Spent, Standing};
pub use tally::{Reader, Tally};
