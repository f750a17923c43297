//! What takes a second person: nobody does alone what takes much out or gives much away.
//!
//! 1. Somebody asks ([`Approvals::ask`]), in a session and with a fresh proof. What exactly is asked is a list of [`Terms`]: what
//!    the second person reads, what is hashed and what is carried out are the same bytes.
//! 2. Somebody else agrees ([`Approvals::approve`]) or refuses: another *person*, in a session of their own, with a passkey just
//!    now. No token agrees to anything.
//! 3. It is carried out at once, in the name and with the present rights of whoever asked, and never twice: the agreement is
//!    used up in the transaction of what it allows. Before that both are asked for again: who was disabled or has lost the
//!    right in between voids it.
//!
//! Where its rule allows it, somebody goes ahead alone ([`Approvals::alone`]): every administrator and security officer is told, and
//! a review stays open until somebody else has written what they found.
//!
//! **Invariant:** no statement changes terms. Whoever wants other terms asks again.
//!
//! # How to add one more
//! Something that takes a second person: a type that implements [`Approvable`] beside the use case, which takes an
//! `authz::Approved` and answers `Denied::NeedsApproval` without one; handed to [`Approvals::new`] where the program is wired. Its rule
//! and the names of its terms get words in `ui/src/text/approval.rs`.

mod alone;
mod ask;
mod carry;
mod decide;
mod fault;
mod loud;
mod model;
mod rule;
mod store;
mod terms;
mod view;

use std::sync::Arc;

use accounts::Accounts;
use authz::Rule;
use db::Db;
use vault::Vault;

pub use fault::ApprovalFault;
pub use model::{ApprovalId, Request, SEALED, State};
pub use rule::{Approvable, LASTS};
pub use terms::{Term, Terms};
pub use view::{Desk, LISTED};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Approvals {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    rules: Arc<[Arc<dyn Approvable>]>,
}

impl Approvals {
    /// Takes the handle it builds on, and everything that takes a second person.
    #[must_use]
    pub fn new(accounts: Accounts, rules: Vec<Arc<dyn Approvable>>) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts, rules: rules.into() }
    }

    fn rule(&self, rule: Rule) -> Result<Arc<dyn Approvable>, ApprovalFault> {
        self.named(rule.name()).ok_or(ApprovalFault::UnknownRule)
    }

    fn named(&self, name: &str) -> Option<Arc<dyn Approvable>> {
        self.rules.iter().find(|known| known.rule().name() == name).cloned()
    }
}
