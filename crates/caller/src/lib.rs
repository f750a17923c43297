//! Who is on the phone: two people read a short code to each other.
//!
//! - [`Caller`]: the handle. Two colleagues: each sees a code to read out and types in the one they hear; who types the right one
//!   knows that the other sits before a session of that very colleague. A customer: types the code they hear into the company's own
//!   page, learns that somebody of the company is talking with them, and reads back what that page shows.
//! - `code`: how codes are made and spelled. `rule`: when they count. `store`: the statements.
//!
//! **Invariant:** a code belongs to one check, one side of it and 120 seconds. It is not stored: it is made from the check's id under
//! a key, and shown to its own side only. Three wrong ones end the check for both.
//!
//! **Invariant:** tries are counted before they are looked at, under the row's lock, so that many at once are no more than three.
//!
//! # How to add one more
//! Somebody else to check: a column that names them in the table, a use case in `act.rs`, a line of its own.

mod act;
mod code;
mod customer;
mod fault;
mod model;
mod rule;
mod store;

pub use act::Caller;
pub use fault::CallerFault;
pub use model::{Answered, CheckId, CheckKind, CheckView, With};
