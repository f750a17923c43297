//! What AI assistants propose: a change that nobody has made yet, and that a person makes or does not.
//!
//! - [`Proposals::propose`]: a program of somebody proposes a change to a record, or a new one. It changes nothing.
//! - [`Proposals::list_in`]: the person sees what would become of what, and why the program thinks so.
//! - [`Proposals::accept`]: the same use case as if the person had typed it, under their own rights, and only if the record is still the
//!   one that was proposed on. [`Proposals::reject`]: it is gone.
//!
//! What is proposed lies sealed under the key of the person it is about, if there is one: it goes when they go. When it was
//! answered nothing is left of it but the lines in the ledger; unanswered it goes after a week.
//!
//! **Invariant:** no program accepts anything. That takes a session of the one person the program acts for.
//!
//! # How to add one more
//! Another act that can be proposed: a variant of what `act.rs` carries out, and its preview beside the use case.

mod act;
mod fault;
mod model;
mod store;

use db::Db;
use records::Records;
use vault::Vault;

pub use act::{MOST_A_DAY, MOST_OPEN, Wanted};
pub use fault::ProposalFault;
pub use model::{Proposal, ProposalId, SEALED, Shown};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Proposals {
    db: Db,
    vault: Vault,
    records: Records,
}

impl Proposals {
    /// Takes the handles it builds on.
    #[must_use]
    pub const fn new(db: Db, vault: Vault, records: Records) -> Self {
        Self { db, vault, records }
    }
}
