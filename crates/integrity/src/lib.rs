//! Whether everything stands as the program wrote it, and who is told where it does not.
//!
//! - [`Integrity::step`]: once a day every row is looked at for its mark, and every entry of the ledger for the rows it speaks of: what
//!   was altered, put back to an older state, taken away or brought back behind the program's back is found. Small steps, beside
//!   everything else; a program that is killed goes on where it was.
//! - [`Integrity::watch`]: reads in the ledger what people met who opened something altered, and tells security officers.
//! - [`Integrity::banish`]: destroyed keys that somebody put back into the keyring, which open nothing, are deleted again and told of.
//! - [`Integrity::report`], [`Integrity::begin`]: how it stands, and looking at once.
//!
//! **Invariants:** nothing that a row holds comes in here, only ids, versions and whether the mark fits. A finding is written when it was
//! seen twice: in the transaction that writes it, it is looked for again.
//!
//! # How to add one more
//! Something else to look at (another table that bears marks): a part of [`Run`] in `sweep.rs`, and a kind of finding in `model.rs`.

mod act;
mod fault;
mod key;
mod model;
mod store;
mod sweep;
mod watch;

use std::time::Duration;

use accounts::Accounts;
use attachments::Attachments;
use db::Db;
use records::Records;
use vault::Vault;

pub use fault::IntegrityFault;
pub use model::{Finding, FindingId, Kind, Report, Run, RunId};

/// Everything is looked through so often.
pub const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Integrity {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    records: Records,
    attachments: Attachments,
}

impl Integrity {
    /// Takes the handles it builds on.
    #[must_use]
    pub fn new(accounts: &Accounts, records: Records) -> Self {
        let (db, vault) = (accounts.db().clone(), accounts.vault());
        let attachments = Attachments::new(db.clone(), vault.clone(), records.clone());
        Self { db, vault, accounts: accounts.clone(), records, attachments }
    }
}
