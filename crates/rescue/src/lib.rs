//! Letting somebody in again who lost every way to sign in, without a help desk that can be talked into it.
//!
//! 1. The person asks, in front of the door. Their browser is shown a link that nobody else gets, and a code to read out.
//!    Whether anybody has the address is found out later ([`Rescue::settle`]), so the answer is the same for everybody.
//! 2. Two administrators agree, each after calling the person back and being read the code: it says which of several requests is
//!    theirs. Neither is the person, and nobody counts twice.
//! 3. A day passes, four hours if the person gave a recovery code. The person, wherever still signed in, and all
//!    administrators are told, and each of them can stop it.
//! 4. The link opens: the person sets a password, and every session, token and factor there was ends.
//!
//! **Invariant:** no administrator ever learns or sets a password, or sees the link.
//!
//! **Invariant:** before the wait is over a link answers like one that was made up.
//!
//! # How to add one more
//! Another way to shorten the wait: a column like `recovery_hash`, and its look in `settle`.

mod approve;
mod ask;
mod fault;
mod finish;
mod model;
mod rules;
mod store;

use accounts::Accounts;
use db::Db;
use vault::Vault;

pub use ask::Asking;
pub use fault::RescueFault;
pub use model::{Approval, Card, NewRequest, Request, SEALED};
pub use rules::{LASTS, NEEDED, WAIT, WAIT_STRONG, spell_code};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Rescue {
    db: Db,
    vault: Vault,
    accounts: Accounts,
}

impl Rescue {
    /// Takes the handle it builds on.
    #[must_use]
    pub fn new(accounts: Accounts) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts }
    }
}
