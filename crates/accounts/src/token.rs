//! What of the tokens of programs ends with an account. Everything else about them is of the crate `tokens`, which stands on this one.

use std::sync::Arc;

use authz::Rights;
use db::{DbFault, ReadTx, WriteTx};
use kernel::{SubjectId, UserId};
use ledger::{Line, verbs};

use crate::person::{State, store as people};
use crate::{Accounts, object};

/// Whoever a program acts for.
pub struct Owner {
    /// What they may do at this moment.
    pub rights: Arc<Rights>,
    /// The key under which what is kept about them is sealed.
    pub subject: SubjectId,
}

/// Withdraws all tokens of a person.
pub(crate) fn revoke_all(tx: &mut WriteTx<'_>, user: UserId, why: &'static str) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = "update api_token set revoked_at = ?2, mark = null where user_id = ?1 and revoked_at is null";
    let revoked = tx.run(sql, &[user.into(), now.into()])?;
    if revoked > 0 {
        let line = Line::done(verbs::TOKEN_REVOKE, object::user()).about(user).fact("why", why);
        tx.note(line.fact("tokens", revoked.to_string()));
    }
    Ok(())
}

impl Accounts {
    /// Finds whoever a token acts for; nobody if they may not sign in.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn owner(&self, tx: &ReadTx<'_>, user: UserId) -> Result<Option<Owner>, DbFault> {
        let account = people::known(tx, user)?.filter(|account| account.state == State::Active);
        account.map(|account| Ok(Owner { rights: account.rights(tx)?, subject: account.subject })).transpose()
    }

    /// Counts how often this process forgot somebody's rights: what was found out before it last changed is stale.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.inner().recognised.forgotten()
    }
}
