//! The two calls that only this crate may make.

use authz::{Approved, Cx, Rule};
use db::{DbFault, ReadTx};
use kernel::UserId;

use crate::Approvals;

/// Makes the proof that somebody agreed, where the agreement is used up.
#[expect(clippy::disallowed_methods, reason = "the home of agreements: called in the transaction that uses one up")]
pub(crate) fn agreed(rule: Rule, hash: [u8; 32], by: Option<UserId>) -> Approved {
    Approved::mint(rule, hash, by)
}

impl Approvals {
    /// Returns somebody as they are now; nothing if they may not sign in any more.
    #[expect(clippy::disallowed_methods, reason = "what was agreed to is carried out in the name of whoever asked")]
    pub(crate) fn as_of(&self, tx: &ReadTx<'_>, user: UserId) -> Result<Option<Cx>, DbFault> {
        self.accounts.as_of_now(tx, user)
    }
}
