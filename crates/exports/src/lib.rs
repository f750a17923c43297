//! Many records out as a file.
//!
//! 1. [`Exports::preview`]: how many records a list has, and which fields would go along. [`Exports::plan`] keeps what was chosen, with a
//!    reason.
//! 2. [`Exports::start`] begins; above [`THRESHOLD`] rows or what the workspace says instead (`limit.rs`), counted with what the person took out in the last day, it answers
//!    `Denied::NeedsApproval` and a second person has to agree ([`SecondPerson`]).
//! 3. [`Exports::step`] takes rows in small transactions, in the name and with the present rights of whoever asked: rows, place and line
//!    are written together, so that a program that is killed goes on where it stood.
//! 4. [`Exports::begin_download`] hands the rows to whoever asked and to nobody else, three times at most; they leave as a file
//!    of age under a passphrase that is never stored. A day after they are ready they are destroyed.
//!
//! What waits is taken back when somebody in it is erased ([`Exports::withdraw`]).
//!
//! Masked fields are not exported. Every row carries a mark in its id ([`mark`]), by which [`Exports::trace`] finds who took it out.
//!
//! **Invariant:** no row of an export lies in the clear on any disk of ours.
//!
//! # How to add one more
//! Another form of file: a variant of [`Form`], and how it is written in `file.rs`.

mod act;
mod fault;
mod file;
mod limit;
pub mod mark;
mod model;
mod rule;
mod step;
mod store;
mod withdraw;

use accounts::Accounts;
use db::Db;
use records::Records;
use vault::Vault;

pub use act::Preview;
pub use fault::ExportFault;
pub use file::{Form, write};
pub use limit::{LIMIT_RULE, LimitSecondPerson, MOST_ALONE, THRESHOLD};
pub use model::{ExportCell, ExportId, ExportRun, Plan, SEALED, State};
pub use rule::{RULE, SecondPerson};
pub use step::{EXPORT_JOB, Traced};

/// How often a file can be fetched.
pub const DOWNLOADS: i64 = 3;

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Exports {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    records: Records,
}

impl Exports {
    /// Takes the handles it builds on.
    #[must_use]
    pub fn new(accounts: Accounts, records: Records) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts, records }
    }
}
