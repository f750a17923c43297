//! Contacts that nobody deals with, which raise an alarm when somebody opens them or takes them out.
//!
//! - [`Canaries::place`]: a security officer names a contact that looks like the others. Nobody else learns which it is.
//! - [`Canaries::watch`]: reads in the ledger what was done with them, whichever door it came through, and tells security officers.
//!   A list on a page is no alarm: whoever leafs through contacts meets one. The same list asked for by a program is.
//! - [`Canaries::list`], [`Canaries::release`]: what stands, who touched it, and its end.
//!
//! **Invariants:** the contact's own history says nothing of it; in the database the id of the contact lies sealed.
//!
//! # How to add one more
//! A way to read needs nothing here: it leaves its line. What is no alarm is said in `watch.rs`.

mod act;
mod fault;
mod model;
mod store;
mod watch;

use accounts::Accounts;
use db::Db;
use vault::Vault;

pub use fault::CanaryFault;
pub use model::{Canary, CanaryId, SEALED, Touch};

/// So many contacts can be canaries at once.
pub const MOST: usize = 100;

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Canaries {
    db: Db,
    vault: Vault,
    accounts: Accounts,
}

impl Canaries {
    /// Takes the handle it builds on.
    #[must_use]
    pub fn new(accounts: Accounts) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts }
    }
}
