//! Finding records by what is sealed.
//!
//! The index holds keyed, truncated tokens of words, of their beginnings, of Han characters and pairs, and of pinyin; blind
//! tokens stand for whole values. Neither says anything without the key. A search asks the index for candidates, opens
//! them, checks that they match in truth, and ranks them.
//!
//! # How to add one more
//! A kind that is found in another way: its terms in `term.rs`, for the index and for the question alike, and its check in
//! `Question::rank`.

mod act;
mod question;
mod term;
#[cfg(test)]
mod tests;

pub(crate) use question::Question;
pub(crate) use term::{Term, normals, terms};
