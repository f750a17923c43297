//! Many records: lists, boards, what is related, what is chosen among many.
//!
//! Every one of them narrows its query by the actor's scope, so counts and sums speak of what the actor may see, too.
//!
//! # How to add one more
//! A view is a method of [`Records`](crate::Records) that makes a query with [`filter`] and reads it by
//! `tx.list` (rows) or `tx.tally` (numbers).

mod beside;
mod board;
mod chosen;
mod page;
mod related;

pub use beside::Beside;
pub use board::{Lane, Total};
pub use page::{COUNTED, Count, Page};
pub use related::Related;
