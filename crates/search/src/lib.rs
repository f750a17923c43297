//! What is found by what. Pure: no database, no keys, no clock.
//!
//! - [`terms`]: what the index knows a value by: words, their beginnings, Han characters and pairs, how they sound. Each is keyed
//!   and cut short before it is stored, so that the index says nothing without the key.
//! - [`Question`]: what somebody typed; which terms to ask for ([`Way`]), and how well a record that was opened answers it.
//! - [`slips`]: the forms in which two values meet that are one slip apart.
//! - [`normals`]: the forms in which two spellings of a value are one.
//!
//! The index only proposes: what it finds is opened and checked, so nothing is shown, ranked or counted that does not match in
//! truth. A slip of the finger costs the index nothing: the question asks for every word that is one slip away
//! (`docs/decisions/0034`).
//!
//! # How to add one more
//! A kind that is found in another way: its terms in `term.rs`, for the index and for the question alike, and its check in
//! `question.rs`. [`TERMS`] rises, so that what is there already is made findable anew. A better order: a line in `rank.rs`.

mod hits;
mod near;
mod question;
mod rank;
mod slip;
mod term;
#[cfg(test)]
mod tests;
mod word;

pub use question::{Groups, Question, Way};
pub use rank::is_answered;
pub use slip::slips;
pub use term::{TERMS, Term, normals, terms};
