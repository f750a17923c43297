//! An order that is kept without being looked at: ranks.
//!
//! Names are sealed, so no database can sort by them. Each record keeps a rank instead: a whole number that lies between those
//! of its neighbours in the order of the names, and says nothing but that.
//!
//! - [`SortKey`]: what a name weighs. Chinese goes by pinyin, tone and strokes among the letters of the alphabet, everything
//!   else by the root collation of Unicode.
//! - [`Letter`]: where the names of a letter begin.
//! - [`place`]: finds ranks for new keys among those on a [`Shelf`], by binary search, and makes room where there is none
//!   (order maintenance after Dietz and Sleator: numbers within the smallest aligned window that is thin enough are spread
//!   anew; windows may be the fuller the smaller they are, so a relabelling costs few moves over time).
//! - [`Pivots`]: keys seen lately, by which most of a search needs to open nothing.
//!
//! The shelf is a table in `db` and a sorted list in the tests; what is decided is decided here.
//!
//! # How to add one more
//! A kind of text with an order of its own: a variant of [`Kind`] and what it changes in `key.rs`; [`VERSION`] goes up, and every
//! rank is made anew at the next start.

mod key;
mod pivots;
mod place;
mod rank;
mod surname;
#[cfg(test)]
mod tests;

pub use key::{Kind, Letter, SortKey, VERSION};
pub use pivots::Pivots;
pub use place::{Gap, Shelf, place};
pub use rank::{HIGH, LOW};
