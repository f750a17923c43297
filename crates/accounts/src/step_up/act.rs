//! The gate before somebody changes what they sign in with.

use std::time::Duration;

use authz::Cx;
use db::ReadTx;
use kernel::{Fault as _, UserId};
use ledger::Line;
use vault::Vault;

use super::rules::Has;
use crate::factor::{Kind, store};
use crate::person::{Account, store as people};
use crate::{AccountFault, Accounts, object, passkey};

/// For so long a recovery code says that the passkey is lost.
const LOST: Duration = Duration::from_secs(15 * 60);

/// Says what a person has to prove with.
pub(crate) fn has(tx: &ReadTx<'_>, vault: &Vault, account: &Account) -> Result<Has, AccountFault> {
    let of = store::list(tx, account.id)?;
    let kind = |kind| of.iter().find(|factor| factor.kind == kind);
    let paper = kind(Kind::Recovery);
    let spent = paper.and_then(|paper| paper.used_at).is_some_and(|at| tx.now() < at.plus(LOST));
    // A passkey that waits is nobody's yet: it must not keep its owner from taking it away.
    let passkey = passkey::counts(tx, vault, account)?;
    Ok(Has { passkey, app: kind(Kind::Totp).is_some(), paper: paper.is_some(), lost: spent })
}

impl Accounts {
    /// Refuses to add a passkey before the person has proved the strongest they have: what is added stays when the session that
    /// was relayed is gone. Whoever has lost the only passkey says so with a recovery code. That a new one counts only after a
    /// while is said in `proofs::young`.
    pub(crate) fn before_adding(&self, tx: &ReadTx<'_>, account: &Account) -> Result<(), AccountFault> {
        let has = has(tx, &self.inner().vault, account)?;
        self.want(tx, Has { passkey: has.passkey && !has.lost, ..has }, ledger::verbs::FACTOR_ADD)
    }

    /// Refuses to take a passkey away that waits, before the person has proved what they can prove without one: who hears of
    /// one that is not theirs is rid of it.
    pub(crate) fn before_ridding(&self, tx: &ReadTx<'_>, account: &Account) -> Result<(), AccountFault> {
        let has = has(tx, &self.inner().vault, account)?;
        self.want(tx, Has { passkey: false, ..has }, ledger::verbs::FACTOR_REMOVE)
    }

    /// Refuses to take something away, to add anything else or to change the password, before the person has proved the
    /// strongest they have: who relays less takes nothing from its owner.
    pub(crate) fn before_taking(
        &self,
        tx: &ReadTx<'_>,
        account: &Account,
        verb: &'static str,
    ) -> Result<(), AccountFault> {
        self.want(tx, has(tx, &self.inner().vault, account)?, verb)
    }

    /// Asks whoever has a passkey for it; tells whether they have.
    pub(crate) async fn by_passkey(&self, cx: &Cx, user: UserId, verb: &'static str) -> Result<bool, AccountFault> {
        let this = self.clone();
        let asking = self.db().read(cx, move |tx| {
            let account = people::known(tx, user)?.ok_or(AccountFault::SignedOut)?;
            let passkey = passkey::counts(tx, &this.inner().vault, &account)?;
            if passkey { this.before_taking(tx, &account, verb).map(|()| true) } else { Ok(false) }
        });
        asking.await
    }

    /// Asks whatever the policy says: it says what is asked before acts, and this guards what they are proved with. Only where
    /// no browser can use passkeys none is asked for.
    fn want(&self, tx: &ReadTx<'_>, has: Has, verb: &'static str) -> Result<(), AccountFault> {
        tx.cx().proved(has.strongest().min(self.strongest())).map_err(|denied| {
            tx.note_denial(Line::denied(verb, object::user(), denied.code()));
            denied.into()
        })
    }
}
