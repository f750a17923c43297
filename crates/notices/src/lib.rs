//! What people are told about their own accounts, inside the program: by nothing else yet, neither by mail nor by phone.
//!
//! - [`tell`]: leaves a notice for a person, in the transaction of what it is about. What happened is sealed under the
//!   person's own key; the words are made when it is shown.
//! - [`entered`], [`missed`]: who came in and from where, and how many tries failed after that.
//! - [`Notices`]: the handle. What waits for a person on top of their next page, their list, and marking as seen.
//!
//! **Invariant:** what happened in one browser is not hidden from the others by it. Whoever came in with a stolen password
//! sees the owner's notices too; that they wave them away counts in their own browser only. A notice is gone everywhere once
//! it was seen in a browser that the person came in with before it happened.
//!
//! # How to add one more
//! A kind of notice: a variant of [`Kind`], its words in `pages/src/notice.rs`, and a call of [`tell`] where it happens. A
//! way to send them (mail): a reader of the table with a cursor, above this crate.

mod act;
mod entry;
mod fault;
mod kind;
mod model;
mod store;

pub use act::{Notices, follow, remove_old, tell};
pub use entry::{Entrance, EntryView, entered, missed};
pub use fault::NoticeFault;
pub use kind::Kind;
pub use model::{Greeting, Notice, Told, Waiting};
