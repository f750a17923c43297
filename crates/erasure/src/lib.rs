//! Somebody is erased, everywhere and for good.
//!
//! 1. [`Erasures::preview`]: what goes with them, and what stays without saying who it was. [`Erasures::terms`]: exactly what a
//!    second person agrees to ([`SecondPerson`]).
//! 2. When somebody agreed, one transaction writes the intent down and empties the rows: records, notes, tasks, words to find
//!    them by, files, exports and imports that wait. What is left of the record is a row that says that somebody was erased.
//! 3. [`Erasures::settle`] does the rest, step by step, and goes on where a program that was killed stood: the key is destroyed,
//!    what others sealed under it in that moment is swept, files are scrubbed, and the certificate is signed.
//!
//! A legal hold ([`Erasures::hold`]) stops all of it for one record until it is lifted or its time is up.
//!
//! **Invariants:** whatever state an erasing is left in, the next [`Erasures::settle`] ends it. A certificate says nothing of the
//! person. There is no way back.
//!
//! # How to add one more
//! A place where personal data waits under another key than the person's: it is emptied in `act.rs` (`begin`), counted in
//! [`Gone`], and looked for in `suite/tests/suite/erasure`. A step: a variant of [`State`] and its arm in `settle.rs`.

mod act;
mod certificate;
mod fault;
mod hold;
mod model;
mod rule;
mod settle;
mod store;

use accounts::Accounts;
use attachments::Attachments;
use db::Db;
use exports::Exports;
use records::Records;
use vault::Vault;

pub use act::Preview;
pub use certificate::{Certificate, read as read_certificate, said_in};
pub use fault::ErasureFault;
pub use hold::{Hold, LONGEST_HOLD};
pub use model::{BASES, Erasure, ErasureId, Gone, HoldId, State};
pub use rule::{RULE, SecondPerson};
pub use settle::{Settling, WAIT};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Erasures {
    db: Db,
    vault: Vault,
    records: Records,
    exports: Exports,
    attachments: Attachments,
}

impl Erasures {
    /// Takes the handles it builds on.
    #[must_use]
    pub fn new(accounts: &Accounts, records: Records, exports: Exports) -> Self {
        let (db, vault) = (accounts.db().clone(), accounts.vault());
        let attachments = Attachments::new(db.clone(), vault.clone(), records.clone());
        Self { db, vault, records, exports, attachments }
    }
}
