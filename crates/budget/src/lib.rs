//! The reading budget as people meet it: limits for each role, going on past the soft one, more by a second person.
//!
//! `db` counts: distinct people whose data somebody saw, in every way, before an answer leaves ([`db::budget`]). Here is what
//! stands around it:
//!
//! - [`Budget::own`]: what somebody has seen, and what they may.
//! - [`Budget::go_on`]: past the soft limit, for an hour, with a fresh proof and a reason that is recorded.
//! - [`Budget::raise`]: past the hard limit, for a day, by an administrator who is somebody else.
//! - [`Budget::list`], [`Budget::change`]: the limits. [`Budget::readers`]: who has seen how many.
//! - [`Budget::tell`]: whoever is stopped at the hard limit is reported to security officers and administrators.
//!
//! **Invariant:** no token and no program lets anybody go on: behind each of these acts is a person at a browser.
//!
//! # How to add one more
//! Another window: a field of [`db::budget::Counted`], and a column for each limit. Another way to read needs nothing here: it
//! opens its rows through `db`.

mod act;
mod fault;
mod rules;

use accounts::Accounts;
use db::Db;
use vault::Vault;

pub use act::{Own, Reader};
pub use db::budget::{Counted, Limits};
pub use fault::BudgetFault;
pub use rules::{MOST, PASS, limits};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Budget {
    db: Db,
    vault: Vault,
    accounts: Accounts,
}

impl Budget {
    /// Takes the handle it builds on.
    #[must_use]
    pub fn new(accounts: Accounts) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts }
    }
}
