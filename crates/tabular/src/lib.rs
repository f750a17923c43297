//! Tables out of files: encoding, delimiter, header, rows, values.
//!
//! A file from somebody else's system is a guess until proven otherwise. The guess and the proof are apart:
//!
//! 1. [`Head::read`] takes the first bytes; [`Sniff::of`] says what they look like: a [`Layout`] (encoding, delimiter,
//!    headers, where the data starts) and sample rows. A person may overrule each part with [`Choices`].
//! 2. [`propose`] pairs the headers with the fields of an object, by name in English and Chinese and by what the values
//!    look like.
//! 3. [`Rows`] reads the whole file by that layout and yields every row or the reason why it is none, and goes on.
//!    [`Rows::mark`] is a small value; [`Rows::resume`] goes on from it.
//! 4. [`value`] turns cells into dates, numbers, amounts, yes or no, and lists.
//!
//! **Invariant:** nothing here depends on the size of its input. A row holds at most [`Limits::row`] bytes and no other
//! buffer grows, so a file of one endless line, or one whose quote never closes, costs what a small one costs.
//!
//! **Invariant:** reading a row depends on the layout and on the position alone, so a reader that goes on from a mark
//! sees what the first one would have seen.
//!
//! # How to add one more
//! An encoding is a variant of [`Encoding`] and what the compiler then asks for; a spelling of a header is a word in
//! `header/synonyms.txt`; a kind of value is a module in `value/` with a table test, a variant of [`Kind`] and its line in
//! `header/evidence.rs`.

mod encoding;
mod guess;
mod header;
mod layout;
mod probe;
mod row;
mod rows;
mod scan;
mod sheet;
mod sniff;
pub mod value;
mod window;
mod write;

pub use encoding::Encoding;
pub use header::{Kind, Proposal, Target, propose};
pub use layout::{Choices, Delimiter, Layout, Mark, MarkFault};
pub use row::{Limits, Row, RowFault, Why};
pub use rows::Rows;
pub use sheet::{Cell, Sheet, sheets_of};
pub use sniff::{Head, Sniff, SniffFault};
pub use write::{unguarded, write};
