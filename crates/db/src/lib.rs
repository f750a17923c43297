//! Both engines behind one surface, and rows under guard.
//!
//! - [`Db`]: the handle. `read` and `write` take a [`Cx`](authz::Cx) and a closure over a transaction. What a closure
//!   returns is handed over only after the ledger line saying so is written; a write without a line is refused.
//! - [`ReadTx`], [`WriteTx`]: the transaction. Two doors: static SQL (`&'static str`) and the query builder.
//! - [`Guarded`], [`Permitted`]: a row before and after the policy has looked at it. They live here because here rows
//!   are born, so that nobody else can make one.
//! - [`budget`]: how many people somebody saw, counted before an answer leaves.
//! - [`queue`]: jobs with leases. [`Marked`] and [`MarkedWhole`]: rows that say who may do what, and the marks they bear.
//! - [`Keyring`]: the small database apart from the data, for keys only.
//!
//! **Invariant:** nothing outside this crate names a database driver, and nothing in it is string-built from input.
//! How the engines spell things differently lives in `dialect`.
//!
//! # How to add one more
//! A table: a file in `migrations/` (see `migrate.rs` for the placeholders) and its line in the list there. A column
//! type or engine difference: the crate `dialect`. A statement: `&'static str` in the store of the crate that owns the table.

mod alike;
mod assign;
pub mod budget;
mod config;
mod door;
mod engine;
mod fault;
mod guard;
mod handle;
mod index;
mod index_key;
mod keyring;
mod many;
mod marked;
mod migrate;
pub mod order;
mod pending;
mod pick;
pub mod queue;
mod reseal;
mod room;
mod row;
mod rows;
pub mod schema;
mod scrub;
mod tx;

pub use assign::Owned;
pub use config::{DbConfig, Place, PostgresPlace};
pub use dialect::{ColumnType, Val};
pub use door::{Prepared, branches, looked_at, spanned};
pub use fault::DbFault;
pub use guard::{Guarded, Permitted, Standing, Stored};
pub use handle::Db;
pub use index::{Blind, BlindToken, IndexQuery, Proposed, holders};
pub use index_key::{Held, IndexKey, IndexKeyState};
pub use keyring::{Keyring, KeyringTx};
pub use marked::{
    ACCOUNT, AGREED, APP, APPROVAL, CODE, EXPORTS, IDENTITY, LINK, Marked, MarkedWhole, Marking, PROOFS, REFRESH,
    RESCUE, ROLES, SESSION, SHARE, TEAMS, TOKEN, altered,
};
pub use pick::Candidate;
pub use reseal::{ResealPart, Resealed, Resealing, SealedTable};
pub use row::{Cell, FromCell, Row};
pub use rows::condition;
pub use tx::{Bare, ReadTx, WriteTx};
