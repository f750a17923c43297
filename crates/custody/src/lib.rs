//! Keys in operation: how they stand, and their change, with a line in the ledger for each.
//!
//! - [`Custody::report`]: ages, states and numbers of keys; nothing secret.
//! - [`Custody::rotate`]: a security officer who has proved it lately, or the operator, begins to change the epoch key.
//! - [`Custody::rotate_index`], [`Custody::step_index`]: the same for the key that the tokens of the index are made with.
//! - [`Custody::rotate_object`], [`Custody::step_object`]: the same for the key that seals an object's records about nobody, the keys
//!   of files on them, and what the program keeps for itself.
//! - [`Custody::escrow`]: the operator splits the root key; [`Custody::recovered`] notes that it was put together.
//! - [`Custody::change_root`]: the operator changes the root key, or where it comes from.
//! - [`Custody::step`]: does the next part of that, and begins one when the key is older than [`Custody::every`] says.
//!
//! **Invariant:** nobody here sees a key; the work is the vault's.
//!
//! # How to add one more
//! Something else that is changed: a method of the vault, and one here that asks the policy and leaves the line. A table with cells under the
//! key of an object: its `SEALED`, in `OWN` of `object.rs`.

mod act;
mod fault;
mod index;
mod object;

use std::time::Duration;

use attachments::Attachments;
use db::Db;
use records::Records;
use vault::Vault;

pub use db::{IndexKey, IndexKeyState, Resealing};
pub use fault::CustodyFault;
pub use index::IndexStep;
pub use object::{OWN, ObjectStep};
pub use vault::{Epoch, Former, Held, NewRoot, ObjectKeys, Report, Root, Rotation};

/// An epoch key is changed after so long, unless the operator says otherwise.
pub const EVERY: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How the keys stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Those of the keyring.
    pub keys: Report,
    /// Those that the index is made with: one, or two while it is made anew.
    pub index: Vec<IndexKey>,
    /// Those of objects.
    pub objects: Vec<ObjectKeys>,
    /// Objects of which everything is being sealed anew.
    pub resealing: Vec<Resealing>,
}

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Custody {
    db: Db,
    vault: Vault,
    records: Records,
    attachments: Attachments,
    every: Option<Duration>,
}

impl Custody {
    /// Takes the handles it builds on. Epoch keys are changed once a year.
    #[must_use]
    pub fn new(db: Db, vault: Vault, records: Records) -> Self {
        let attachments = Attachments::new(db.clone(), vault.clone(), records.clone());
        Self { db, vault, records, attachments, every: Some(EVERY) }
    }

    /// Says how old an epoch key may become before it is changed; nothing if it is changed only when somebody asks.
    #[must_use]
    pub const fn with_schedule(mut self, every: Option<Duration>) -> Self {
        self.every = every;
        self
    }

    /// Returns how old an epoch key may become before it is changed by itself.
    #[must_use]
    pub const fn every(&self) -> Option<Duration> {
        self.every
    }
}
