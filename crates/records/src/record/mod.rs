//! One record: made, read, changed, put in the bin, revealed.
//!
//! - [`Change`]: what somebody wants it to hold; `objects::change` decides what that makes of it, purely.
//! - [`Record`]: what is read. It comes only as a [`Permitted`](db::Permitted).
//! - `store.rs` has all its SQL, `seal.rs` all its ciphertext, `mark.rs` what tells that a row was not altered, `act.rs` the use cases.
//!
//! # How to add one more
//! A use case is a method of [`Records`](crate::Records) over a transaction: find, open for the action, decide, write with a
//! line.

pub(crate) mod act;
mod bulk;
mod conflict;
pub(crate) mod damage;
mod erase;
mod mark;
mod merge;
pub(crate) mod model;
mod preview;
mod reseal;
mod reveal;
pub(crate) mod seal;
pub(crate) mod secret;
mod sharing;
mod standing;
pub(crate) mod store;

pub use bulk::{Bulk, BulkDone, MOST_AT_ONCE};
pub use erase::Wake;
pub use merge::Moved;
pub(crate) use model::SealedRecord;
pub use model::{Record, RecordRef};
pub use objects::change::{Altered, Altering, Change, Input, Terms, alter, defaults, make};
pub use reveal::REASONS;
pub use standing::Rows;
