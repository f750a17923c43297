//! One's own passkeys: the list, names, removal.

use authz::{Cx, Denied};
use db::{ReadTx, WriteTx};
use kernel::{FactorId, UserId};
use ledger::{Line, verbs};
use vault::Vault;

use super::add::{of, own};
use super::model::{Content, PasskeyView};
use super::rules::{self, Rest};
use crate::factor::{self, Factor, Kind, store};
use crate::person::{Account, store as people};
use crate::{AccountFault, Accounts, object, recovery};

/// A passkey was given another name.
const RENAME: &str = "factor-rename";

/// One of a person's passkeys, and the others.
struct Mine {
    account: Account,
    factor: Factor,
    content: Content,
    others: Vec<Content>,
}

/// Finds one of the passkeys of the person who acts; hidden if it is not theirs.
fn mine(tx: &ReadTx<'_>, vault: &Vault, user: UserId, id: FactorId, verb: &'static str) -> Result<Mine, AccountFault> {
    let account = own(tx, user)?;
    let (mut found, others): (Vec<_>, Vec<_>) =
        of(tx, vault, user, account.subject)?.into_iter().partition(|(factor, _)| factor.id == id);
    let Some((factor, content)) = found.pop() else {
        tx.note_denial(Line::denied(verb, object::user(), "not-found").about(id));
        return Err(Denied::Hidden.into());
    };
    let others = others.into_iter().map(|(_, content)| content).collect();
    Ok(Mine { account, factor, content, others })
}

fn rename(tx: &mut WriteTx<'_>, vault: &Vault, user: UserId, id: FactorId, name: String) -> Result<(), AccountFault> {
    let Mine { account, mut factor, mut content, .. } = mine(tx, vault, user, id, RENAME)?;
    content.name = name;
    factor.sealed = factor::seal(vault, id, account.subject, &content)?;
    store::update(tx, factor, None)?;
    tx.note(Line::done(RENAME, object::user()).about(user).about(id).fact("kind", Kind::Passkey.code()));
    Ok(())
}

fn remove(tx: &mut WriteTx<'_>, accounts: &Accounts, user: UserId, id: FactorId) -> Result<(), AccountFault> {
    let vault = &accounts.inner().vault;
    let Mine { account, content, others, .. } = mine(tx, vault, user, id, verbs::FACTOR_REMOVE)?;
    match content.waits(tx.now()) {
        Some(_) => accounts.before_ridding(tx, &account)?,
        None => accounts.before_taking(tx, &account, verbs::FACTOR_REMOVE)?,
    }
    let mut factors = store::list(tx, user)?;
    factors.retain(|factor| factor.id != id);
    rules::may_go(Rest {
        password: account.password.is_some() || people::is_vouched_for(tx, user)?,
        leans: account.profile(vault)?.leans == Some(true),
        factor: factor::is_asked_for(&factors),
        passkey: others.iter().any(|content| !content.suspended),
    })?;
    store::remove(tx, user, id)?;
    recovery::drop_unless_asked_for(tx, user, &factors)?;
    tx.note(Line::done(verbs::FACTOR_REMOVE, object::user()).about(user).about(id).fact("kind", Kind::Passkey.code()));
    factor::tell(tx, vault, &account, (notices::Kind::FactorRemoved, Kind::Passkey))
}

impl Accounts {
    /// Lists the passkeys of the person who acts, the oldest first.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does.
    pub async fn list_passkeys(&self, cx: &Cx) -> Result<Vec<PasskeyView>, AccountFault> {
        let (user, vault) = (cx.person().ok_or(AccountFault::SignedOut)?, self.vault());
        let listing = self.db().read(cx, move |tx| {
            let passkeys = of(tx, &vault, user, own(tx, user)?.subject)?;
            tx.note(Line::done(verbs::LIST, object::factor()).about_each(passkeys.iter().map(|(f, _)| f.id.uuid())));
            passkeys.iter().map(|(factor, content)| content.view(factor, tx.now())).collect()
        });
        listing.await
    }

    /// Gives one of the passkeys of the person who acts another name.
    ///
    /// # Errors
    /// `Invalid` on `name`; [`AccountFault::Denied`] (hidden) if it is not theirs.
    pub async fn rename_passkey(&self, cx: &Cx, id: FactorId, name: &str) -> Result<(), AccountFault> {
        let (user, vault) = (cx.person().ok_or(AccountFault::SignedOut)?, self.vault());
        let name = rules::name(name)?;
        self.db().write(cx, move |tx| rename(tx, &vault, user, id, name)).await
    }

    /// Removes one of the passkeys of the person who acts.
    ///
    /// # Errors
    /// [`AccountFault::LastFactor`] if nothing else would let them in; [`AccountFault::PasswordLeans`] if their password is too
    /// short to stand alone; [`AccountFault::Denied`] (hidden) if it is not theirs, (a step-up) if they proved too
    /// little or too long ago who they are.
    pub async fn remove_passkey(&self, cx: &Cx, id: FactorId) -> Result<(), AccountFault> {
        let (user, this) = (cx.person().ok_or(AccountFault::SignedOut)?, self.clone());
        self.db().write(cx, move |tx| remove(tx, &this, user, id)).await
    }
}
