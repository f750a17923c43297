//! Objects and records: what the CRM keeps, and all that can be done with it.
//!
//! - [`object`], [`value`]: definitions and values, from the crate `objects`.
//! - [`filter`]: which of them a list shows, from the crate of that name.
//! - [`record`]: one record: made, read, changed, put in the bin, revealed.
//! - [`list`]: many records: lists, boards, what is related, what is alike.
//! - [`order`]: sealed fields that lists sort by.
//! - [`search`]: finding records by what is sealed.
//! - [`history`]: what happened to a record, and who looked at it.
//! - [`import`]: many records out of a file.
//!
//! Use cases are methods of [`Records`] over a transaction of `db`. They return [`db::Permitted`] rows: what has not been
//! permitted cannot be shown.
//!
//! # How to add one more
//! An object or a field of one: `crates/objects/standard/*.toml`; its table, forms, lists, search, import and API follow. A kind of field: a
//! variant of [`object::Kind`], and what the compiler then asks for. A use case: see `record/mod.rs`.

mod fault;
mod handle;
pub mod history;
pub mod import;
pub mod list;
pub mod order;
pub mod record;
pub mod search;

pub use fault::{Conflict, FieldConflict, RecordFault};
pub use filter;
pub use filter::{FilterFault, ListQuery};
pub use handle::Records;
pub use object::{Field, Object, Objects};
pub use objects::{object, value};
pub use record::{Change, Record, RecordRef, Rows};
pub use value::{FieldFault, Value, Values, Why};
