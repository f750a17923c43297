//! Accounts at the provider that belong to people here.

use accounts::{AccountFault, NewSession};
use authz::Cx;
use crypto::Secret;
use db::{DbFault, WriteTx};
use kernel::{Timestamp, UserId};
use ledger::{Line, verbs};
use notices::Notice;

use crate::flow::{Back, Proven, keep_session};
use crate::store::{self, LinkedId};
use crate::{Sso, SsoFault, rule, sso};

/// An account of the provider that belongs to the person who looks.
#[derive(Clone, Copy)]
pub struct LinkedView {
    /// The id.
    pub id: LinkedId,
    /// Since when.
    pub linked_at: Timestamp,
    /// When it was signed in with last.
    pub used_at: Option<Timestamp>,
}

/// Tells somebody what became of a way to sign in with.
fn tell(sso: &Sso, tx: &mut WriteTx<'_>, user: UserId, what: notices::Kind) -> Result<(), SsoFault> {
    let subject = sso.accounts().subject_of(tx, user)?;
    Ok(notices::tell(tx, sso.vault(), user, subject, &Notice::new(what).what("provider"))?)
}

/// Stores that an account of the provider is somebody's. The table lets one person have it.
fn take(tx: &mut WriteTx<'_>, user: UserId, lookup: [u8; 16]) -> Result<LinkedId, SsoFault> {
    let id = tx.new_id();
    store::link(tx, id, user, lookup).map_err(|fault| match fault {
        DbFault::Exists => SsoFault::Taken,
        other => other.into(),
    })?;
    tx.note(Line::done(verbs::FACTOR_ADD, sso::user()).about(user).about(id).fact("kind", "provider"));
    Ok(id)
}

impl Sso {
    /// Signs in whom an account of the provider belongs to; signs up who may.
    pub(crate) async fn enter(&self, cx: &Cx, proven: Proven, back: &Back) -> Result<NewSession, SsoFault> {
        let (sso, vouched) = (self.clone(), self.vouched(&proven, back)?);
        let entering = self.db().write(cx, move |tx| -> Result<_, SsoFault> {
            let lookup = sso.lookup(proven.claims.subject());
            let (user, linked) = match store::find(tx, lookup)? {
                Some(linked) => (linked.user, linked.id),
                None => {
                    let new = rule::sign_up(sso.settings(), &proven.claims, vouched.roles.as_deref());
                    let new = new.ok_or(SsoFault::Unknown)?;
                    let user = sso.accounts().create_vouched(tx, new.name, &new.email, new.roles).map_err(known)?;
                    (user, take(tx, user, lookup)?)
                }
            };
            let entered = sso.accounts().enter_vouched(tx, user, vouched).map_err(known)?;
            store::used(tx, linked)?;
            keep_session(&sso, tx, &proven, (entered.0.id, user))?;
            Ok(entered)
        });
        Ok(self.accounts().entered_vouched(entering.await?))
    }

    /// Lets somebody join by their invitation, with their account of the provider instead of a password.
    pub(crate) async fn join(
        &self,
        cx: &Cx,
        proven: Proven,
        token: Secret<String>,
        back: &Back,
    ) -> Result<NewSession, SsoFault> {
        let (sso, vouched) = (self.clone(), self.vouched(&proven, back)?);
        let joining = self.db().write(cx, move |tx| -> Result<_, SsoFault> {
            let user = sso.accounts().join_vouched(tx, token.expose())?;
            let linked = take(tx, user, sso.lookup(proven.claims.subject()))?;
            let entered = sso.accounts().enter_vouched(tx, user, vouched).map_err(known)?;
            store::used(tx, linked)?;
            keep_session(&sso, tx, &proven, (entered.0.id, user))?;
            Ok(entered)
        });
        Ok(self.accounts().entered_vouched(joining.await?))
    }

    /// Links an account of the provider to the person who acts.
    pub(crate) async fn link(&self, cx: &Cx, proven: Proven) -> Result<(), SsoFault> {
        let user = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let (sso, lookup) = (self.clone(), self.lookup(proven.claims.subject()));
        let linking = self.db().write(cx, move |tx| -> Result<(), SsoFault> {
            take(tx, user, lookup)?;
            tell(&sso, tx, user, notices::Kind::FactorAdded)
        });
        linking.await
    }

    /// Lists the accounts of the provider that belong to the person who acts.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does.
    pub async fn list_linked(&self, cx: &Cx) -> Result<Vec<LinkedView>, SsoFault> {
        let user = cx.person().ok_or(AccountFault::SignedOut)?;
        let listing = self.db().read(cx, move |tx| -> Result<_, SsoFault> {
            let linked = store::list(tx, user)?;
            tx.note(Line::done(verbs::LIST, sso::user()).about(user).fact("what", "linked accounts"));
            Ok(linked
                .into_iter()
                .map(|l| LinkedView { id: l.id, linked_at: l.created_at, used_at: l.used_at })
                .collect())
        });
        listing.await
    }

    /// Takes an account of the provider away from the person who acts.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] with what has to be proved; [`AccountFault::LastFactor`] if nothing else would let them in; [`SsoFault::Hidden`] if it
    /// is not theirs.
    pub async fn unlink(&self, cx: &Cx, id: LinkedId) -> Result<(), SsoFault> {
        let user = cx.person().ok_or(AccountFault::SignedOut)?;
        self.accounts().prove_before_vouching(cx, verbs::FACTOR_REMOVE).await?;
        let sso = self.clone();
        let unlinking = self.db().write(cx, move |tx| -> Result<bool, SsoFault> {
            if !store::unlink(tx, user, id)? {
                tx.note(Line::denied(verbs::FACTOR_REMOVE, sso::user(), "not-found").about(id));
                return Ok(false);
            }
            sso.accounts().may_lose_vouching(tx, user)?;
            tx.note(Line::done(verbs::FACTOR_REMOVE, sso::user()).about(user).about(id).fact("kind", "provider"));
            tell(&sso, tx, user, notices::Kind::FactorRemoved)?;
            Ok(true)
        });
        if unlinking.await? { Ok(()) } else { Err(SsoFault::Hidden) }
    }
}

/// An account that is closed, and an address that is somebody's, are told like nobody: who comes from the provider learns
/// nothing about who is here.
fn known(fault: AccountFault) -> SsoFault {
    match fault {
        AccountFault::NobodyThere | AccountFault::EmailTaken => SsoFault::Unknown,
        other => other.into(),
    }
}
