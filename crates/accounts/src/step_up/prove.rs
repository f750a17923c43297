//! Proving again who one is, in the session that acts: it goes on under a new id.

use authz::{Cx, Level};
use crypto::Secret;
use db::WriteTx;
use kernel::{SessionId, Timestamp, UserId};
use ledger::verbs;
use vault::Vault;

use super::act::has;
use crate::passkey;
use crate::person::store as people;
use crate::session::{self, NewSession};
use crate::{AccountFault, Accounts, second_step};

/// With what somebody can prove what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// What is asked.
    pub asked: Level,
    /// Whether the password does.
    pub password: bool,
    /// Whether a code of the app does, or a recovery code.
    pub code: bool,
    /// Whether a passkey does.
    pub passkey: bool,
    /// Until when a passkey is too new to.
    pub waits: Option<Timestamp>,
    /// Whether there are recovery codes, for whoever has lost the passkey that is asked for.
    pub paper: bool,
}

impl Ways {
    /// Tells whether there is any.
    #[must_use]
    pub const fn any(self) -> bool {
        self.password || self.code || self.passkey
    }
}

fn own(cx: &Cx) -> Result<(UserId, SessionId), AccountFault> {
    cx.person().zip(cx.session()).ok_or(AccountFault::SignedOut)
}

/// Writes the proof down, if the password is still the one that was compared.
fn by_password(tx: &mut WriteTx<'_>, vault: &Vault, own: UserId, hash: &str) -> Result<NewSession, AccountFault> {
    let account = people::known(tx, own)?.filter(|account| account.password.as_deref() == Some(hash));
    account.ok_or(AccountFault::SignedOut)?;
    session::act::renew(tx, vault, Some(Level::Single))
}

fn by_code(tx: &mut WriteTx<'_>, vault: &Vault, _: UserId) -> Result<NewSession, AccountFault> {
    session::act::renew(tx, vault, Some(Level::Multi))
}

impl Accounts {
    /// Says with what the person who acts can prove `level`. Whoever proved something stronger in this session proves that again:
    /// a weaker proof makes a stronger one no fresher.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts in a session.
    pub async fn ways_to_prove(&self, cx: &Cx, level: Level) -> Result<Ways, AccountFault> {
        let ((own, _), vault) = (own(cx)?, self.vault());
        let asked = cx.assurance().map_or(level, |had| level.max(had.level));
        let looking = self.db().read(cx, move |tx| -> Result<_, AccountFault> {
            let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
            let (has, waits) = (has(tx, &vault, &account)?, passkey::waits(tx, &vault, &account)?);
            Ok(Ways {
                asked,
                password: asked == Level::Single && account.password.is_some(),
                code: asked <= Level::Multi && (has.app || has.paper),
                passkey: has.passkey || (asked <= Level::Multi && waits.is_some()),
                waits,
                paper: has.paper && has.passkey && asked == Level::Resistant,
            })
        });
        looking.await
    }

    /// Takes the password as a proof. Tries are counted like those at a change of it.
    ///
    /// # Errors
    /// `Invalid` on `current` if it is wrong; [`AccountFault::TooManyTries`].
    pub async fn prove_by_password(&self, cx: &Cx, password: Secret<String>) -> Result<NewSession, AccountFault> {
        let (user, old) = own(cx)?;
        let (hash, _) = self.prove(cx, user, password, verbs::STEP_UP).await?;
        let vault = self.vault();
        let new = self.db().write(cx, move |tx| by_password(tx, &vault, user, &hash)).await?;
        self.forget_session(old);
        Ok(new)
    }

    /// Takes a code of the app, or a recovery code, as a proof beside the password that the session began with. Tries are
    /// counted like those of second steps.
    ///
    /// # Errors
    /// `Invalid` on `code` if it is wrong; [`AccountFault::TooManyTries`].
    pub async fn prove_by_code(&self, cx: &Cx, code: Secret<String>) -> Result<NewSession, AccountFault> {
        let (user, old) = own(cx)?;
        let new = second_step::proved(self, cx, user, code, verbs::STEP_UP, by_code).await?;
        self.forget_session(old);
        Ok(new)
    }
}
