//! Putting an app in, using it, taking it out.

use authz::{Cx, Level};
use crypto::{Secret, Zeroizing};
use db::{ReadTx, WriteTx};
use kernel::{ChallengeId, SubjectId, Timestamp, UserId};
use ledger::{Line, verbs};
use proofs::totp;
use vault::Vault;

use super::model::{Content, Enrolment, TotpOffer};
use crate::factor::{self, Factor, Kind, challenge};
use crate::person::store as people;
use crate::{AccountFault, Accounts, object, recovery, second_step, session};

/// What the question is for.
const PURPOSE: &str = "totp-enrol";

/// Finds the app of a person.
fn find(tx: &ReadTx<'_>, user: UserId) -> Result<Option<Factor>, AccountFault> {
    Ok(factor::store::list(tx, user)?.into_iter().find(|factor| factor.kind == Kind::Totp))
}

/// Returns what becomes of an app when a code is used up; nothing if the code does not fit.
pub(crate) fn spend(
    vault: &Vault,
    subject: SubjectId,
    app: &Factor,
    (typed, now): (&str, Timestamp),
) -> Result<Option<Vec<u8>>, AccountFault> {
    let mut content: Content = factor::open(vault, subject, app)?;
    let Some(step) = totp::fitting(content.secret.as_slice(), typed, now, content.used) else { return Ok(None) };
    content.used = step;
    factor::seal(vault, app.id, subject, &content).map(Some)
}

/// Offers a secret; the answer proves that it has reached an app.
fn offer(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    own: UserId,
    (secret, workspace): (&[u8; 20], &str),
) -> Result<TotpOffer, AccountFault> {
    if find(tx, own)?.is_some() {
        return Err(AccountFault::WrongState);
    }
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    // The password or the offer before was answered just now.
    tx.note(Line::done(verbs::STEP_UP, object::user()).about(own));
    let link = totp::link(secret, workspace, &account.profile(vault)?.email);
    Ok(TotpOffer {
        id: challenge::ask(tx, vault, (PURPOSE, Some(own)), secret)?,
        text: Secret::new(totp::base32(secret, " ")),
        link: Secret::new(link),
    })
}

/// Takes the answer to an offer. A wrong one goes through as a value, so that the question is not put back.
fn confirm(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    own: UserId,
    (id, typed, workspace): (ChallengeId, &Secret<String>, &str),
) -> Result<Option<Enrolment>, AccountFault> {
    let asked = challenge::take(tx, vault, PURPOSE, id)?.filter(|asked| asked.user == Some(own));
    let secret = asked.and_then(|asked| asked.state.first_chunk::<20>().map(|secret| Zeroizing::new(*secret)));
    let Some(secret) = secret else { return Ok(None) };
    let Some(step) = totp::fitting(secret.as_slice(), typed.expose(), tx.now(), 0) else {
        return Ok(Some(Enrolment::Again(offer(tx, vault, own, (&secret, workspace))?)));
    };
    if find(tx, own)?.is_some() {
        return Err(AccountFault::WrongState);
    }
    add(tx, vault, own, &Content { secret: (*secret).into(), used: step })?;
    let codes = recovery::issue_first(tx, vault, own)?;
    Ok(Some(Enrolment::Done { session: session::act::renew(tx, vault, Some(Level::Multi))?, codes }))
}

fn add(tx: &mut WriteTx<'_>, vault: &Vault, own: UserId, content: &Content) -> Result<(), AccountFault> {
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let (id, now) = (tx.new_id(), tx.now());
    let sealed = factor::seal(vault, id, account.subject, content)?;
    let app =
        Factor { id, user: own, kind: Kind::Totp, lookup: None, sealed, created_at: now, used_at: None, version: 1 };
    factor::store::insert(tx, app)?;
    tx.note(Line::done(verbs::FACTOR_ADD, object::user()).about(own).about(id).fact("kind", Kind::Totp.code()));
    factor::tell(tx, vault, &account, (notices::Kind::FactorAdded, Kind::Totp))
}

/// Takes the app away, and the recovery codes that stood in for it unless there is a passkey in its place.
fn remove(tx: &mut WriteTx<'_>, vault: &Vault, own: UserId) -> Result<(), AccountFault> {
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let (apps, rest): (Vec<Factor>, Vec<Factor>) =
        factor::store::list(tx, own)?.into_iter().partition(|factor| factor.kind == Kind::Totp);
    if apps.is_empty() {
        return Err(AccountFault::WrongState);
    }
    let leans = account.profile(vault)?.leans == Some(true);
    if leans && !factor::is_asked_for(&rest) {
        return Err(AccountFault::PasswordLeans);
    }
    for gone in apps {
        factor::store::remove(tx, own, gone.id)?;
        let line = Line::done(verbs::FACTOR_REMOVE, object::user()).about(own).about(gone.id);
        tx.note(line.fact("kind", gone.kind.code()));
    }
    recovery::drop_unless_asked_for(tx, own, &rest)?;
    factor::tell(tx, vault, &account, (notices::Kind::FactorRemoved, Kind::Totp))
}

impl Accounts {
    /// Offers the person who acts a secret for an app. It needs a passkey, or else the password: who finds a session open does
    /// not bind the account to an app of their own.
    ///
    /// # Errors
    /// `Invalid` on `current` if the password is wrong; [`AccountFault::TooManyTries`]; [`AccountFault::WrongState`] if there
    /// is an app already.
    pub async fn offer_totp(&self, cx: &Cx, current: Secret<String>) -> Result<TotpOffer, AccountFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        if !self.by_passkey(cx, own, verbs::FACTOR_ADD).await? {
            self.prove(cx, own, current, verbs::FACTOR_ADD).await?;
        }
        let (vault, workspace) = (self.vault(), self.workspace_name(cx).await?);
        let offering = self.db().write(cx, move |tx| {
            let secret = Zeroizing::new(kernel::chance::array::<20>(tx.chance()));
            offer(tx, &vault, own, (&secret, &workspace))
        });
        offering.await
    }

    /// Takes a code from the app that the offered secret was put into. From then on a sign-in with the password asks for one.
    ///
    /// # Errors
    /// [`AccountFault::StepSpent`] if the offer is too old or was answered; [`AccountFault::WrongState`] if there is an app
    /// already.
    pub async fn confirm_totp(&self, cx: &Cx, id: &str, code: Secret<String>) -> Result<Enrolment, AccountFault> {
        let old = cx.session().ok_or(AccountFault::SignedOut)?;
        let own = cx.person().ok_or(AccountFault::SignedOut)?;
        let id = id.parse().map_err(|_| AccountFault::StepSpent)?;
        let (vault, workspace) = (self.vault(), self.workspace_name(cx).await?);
        let confirming = self.db().write(cx, move |tx| confirm(tx, &vault, own, (id, &code, &workspace)));
        let enrolment = confirming.await?.ok_or(AccountFault::StepSpent)?;
        if matches!(enrolment, Enrolment::Done { .. }) {
            self.forget_session(old);
        }
        Ok(enrolment)
    }

    /// Takes the app of the person who acts away. It needs a passkey, or else a code of the app, or a recovery code.
    ///
    /// # Errors
    /// `Invalid` on `code` if that is wrong; [`AccountFault::TooManyTries`]; [`AccountFault::PasswordLeans`];
    /// [`AccountFault::WrongState`] if there is none.
    pub async fn remove_totp(&self, cx: &Cx, code: Secret<String>) -> Result<(), AccountFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        second_step::changed(self, cx, own, code, verbs::FACTOR_REMOVE, remove).await
    }
}
