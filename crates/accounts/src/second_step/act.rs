//! Checking a code.

use std::time::Duration;

use authz::Cx;
use crypto::Secret;
use db::{DbFault, WriteTx};
use kernel::UserId;
use ledger::{Line, verbs};
use vault::Vault;

use super::model::FactorsView;
use crate::factor::{self, Factor, Kind};
use crate::person::{Account, store as people};
use crate::sign_in::store as tries;
use crate::{AccountFault, Accounts, object, passkey, recovery, totp};

/// What became of a code.
pub(super) enum Outcome {
    /// It was right, and is used up.
    Right(Kind),
    /// It was wrong.
    Wrong,
    /// It was not looked at: there were too many before it.
    Wait(Duration),
}

/// Names the window of tries of a person, or that of a browser that is known for them.
pub(super) fn key(vault: &Vault, user: UserId, own: Option<[u8; 16]>) -> [u8; 16] {
    let own = own.map(|own| crypto::base64url(&own)).unwrap_or_default();
    vault.blind("throttle.second", &format!("{user} {own}"))
}

/// Counts the try in the window of `key`, then checks the code and uses it up. All of it goes through the transaction as a
/// value, so that the count stands.
pub(super) fn check(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    account: &Account,
    (key, typed): ([u8; 16], &Secret<String>),
) -> Result<Outcome, AccountFault> {
    let window = tries::count(tx, key)?;
    if let Some(wait) = window.wait(tx.now()) {
        if window.worth_a_line() {
            tx.note(Line::denied(verbs::LOCK_OUT, object::user(), "too-many-tries").about(account.id));
        }
        return Ok(Outcome::Wait(wait));
    }
    let Some(kind) = spend(tx, vault, account, typed.expose())? else { return Ok(Outcome::Wrong) };
    tries::forget(tx, key)?;
    Ok(Outcome::Right(kind))
}

/// Uses a code up and says what kind it was; nothing if it fits nothing.
fn spend(tx: &mut WriteTx<'_>, vault: &Vault, account: &Account, typed: &str) -> Result<Option<Kind>, AccountFault> {
    for factor in factor::store::list(tx, account.id)? {
        let spent = match factor.kind {
            Kind::Totp => totp::spend(vault, account.subject, &factor, (typed, tx.now()))?,
            Kind::Recovery => recovery::spend(vault, account.subject, &factor, typed)?,
            Kind::Passkey => None,
        };
        let (Some(sealed), kind, now) = (spent, factor.kind, tx.now()) else { continue };
        return match factor::store::update(tx, Factor { sealed, ..factor }, Some(now)) {
            Ok(()) => Ok(Some(kind)),
            // Somebody else used it up at the same moment: a code is good once.
            Err(DbFault::Stale) => Ok(None),
            Err(fault) => Err(fault.into()),
        };
    }
    Ok(None)
}

/// Does something for the person who acts, once they have given a code.
pub(crate) async fn proved<T: Send + 'static>(
    accounts: &Accounts,
    cx: &Cx,
    own: UserId,
    code: Secret<String>,
    verb: &'static str,
    act: fn(&mut WriteTx<'_>, &Vault, UserId) -> Result<T, AccountFault>,
) -> Result<T, AccountFault> {
    let vault = accounts.vault();
    let proving = accounts.db().write(cx, move |tx| -> Result<_, AccountFault> {
        let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
        let outcome = check(tx, &vault, &account, (key(&vault, own, None), &code))?;
        Ok(match outcome {
            Outcome::Right(_) => Ok(act(tx, &vault, own)?),
            Outcome::Wait(wait) => Err(AccountFault::TooManyTries(wait)),
            Outcome::Wrong => {
                tx.note(Line::failed(verb, object::user(), "wrong-code").about(own));
                Err(AccountFault::wrong("code", "wrong-code"))
            }
        })
    });
    proving.await?
}

/// Does something about what the person who acts signs in with: whoever has a passkey proves that, others give a code.
pub(crate) async fn changed<T: Send + 'static>(
    accounts: &Accounts,
    cx: &Cx,
    own: UserId,
    code: Secret<String>,
    verb: &'static str,
    act: fn(&mut WriteTx<'_>, &Vault, UserId) -> Result<T, AccountFault>,
) -> Result<T, AccountFault> {
    if !accounts.by_passkey(cx, own, verb).await? {
        return proved(accounts, cx, own, code, verb, act).await;
    }
    let vault = accounts.vault();
    accounts.db().write(cx, move |tx| act(tx, &vault, own)).await
}

impl Accounts {
    /// Says which second factors the person who acts has, besides passkeys.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does.
    pub async fn list_factors(&self, cx: &Cx) -> Result<FactorsView, AccountFault> {
        let (own, vault) = (cx.person().ok_or(AccountFault::SignedOut)?, self.vault());
        let listing = self.db().read(cx, move |tx| -> Result<_, AccountFault> {
            let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
            let factors = factor::store::list(tx, own)?;
            let of = |kind| factors.iter().find(|factor| factor.kind == kind);
            let passkey = passkey::counts(tx, &vault, &account)?;
            Ok(FactorsView {
                password: account.password.is_some(),
                passkey,
                totp: of(Kind::Totp).map(|app| (app.created_at, app.used_at)),
                recovery: of(Kind::Recovery).map(|set| recovery::left(&vault, account.subject, set)).transpose()?,
                asked_for: factor::is_asked_for(&factors),
            })
        });
        listing.await
    }
}
