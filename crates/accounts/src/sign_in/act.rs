//! Signing in.

use authz::{Assurance, Cx, Level};
use crypto::Secret;
use db::{DbFault, WriteTx};
use kernel::{Email, Fault as _, SessionId, UserId};
use ledger::{Line, verbs};
use notices::Entrance;
use vault::Vault;

use super::admit::{Admission, Keys, admit};
use super::{device, store};
use crate::link::Purpose;
use crate::password::act::Fit;
use crate::person::act::blind;
use crate::person::{State, store as people};
use crate::session::{self, NewSession};
use crate::{AccountFault, Accounts, Step, afresh, factor, link, object, second_step};

/// What somebody signs in with.
pub struct SignIn {
    /// The e-mail address as typed.
    pub email: String,
    /// The password as typed.
    pub password: Secret<String>,
    /// The session cookie the browser holds already, if it does: it is replaced.
    pub previous: Option<String>,
    /// The cookie of a browser that somebody has signed in with before, if it holds one.
    pub device: Option<String>,
}

/// Keeps that a try failed; of somebody nobody knows with the same work.
fn note_failure(tx: &mut WriteTx<'_>, user: Option<UserId>) -> Result<(), DbFault> {
    let line = Line::failed(verbs::SIGN_IN_FAILED, object::user(), AccountFault::WrongCredentials.code());
    tx.note(line.about_each(user.map(|user| user.uuid())));
    notices::missed(tx, user)
}

/// Who proved what, on the way into the transaction that starts the session.
struct Proof {
    user: UserId,
    hash: String,
    better: Option<String>,
}

/// What a right password leads to.
enum Finished {
    /// The account changed since it was looked up.
    Refused,
    /// A second factor is asked for; there is no session yet.
    Step(Step),
    /// The session that was started and the one that was replaced.
    Entered((NewSession, Option<SessionId>)),
}

fn finish(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    keys: Keys,
    proof: Proof,
    (previous, device): (Option<&str>, Option<&str>),
) -> Result<Finished, AccountFault> {
    let account = people::known(tx, proof.user)?;
    let account = account.filter(|a| a.state == State::Active && a.password.as_deref() == Some(proof.hash.as_str()));
    let Some(mut account) = account else {
        note_failure(tx, Some(proof.user))?;
        return Ok(Finished::Refused);
    };
    if proof.better.is_some() {
        account.password = proof.better;
        people::update_own(tx, &account)?;
    }
    let leans = account.profile(vault)?.leans == Some(true);
    if factor::is_asked_after_password(&factor::store::list(tx, proof.user)?, leans) {
        // No failure, and no success before the second step.
        keys.withdraw(tx)?;
        return second_step::ask(tx, vault, &account).map(Finished::Step);
    }
    keys.succeeded(tx)?;
    enter(tx, vault, proof.user, ("password", Level::Single), (previous, device)).map(Finished::Entered)
}

/// Forgets what failed at an address, or in a browser that is known, before somebody signed in.
pub(crate) fn forget_tries(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    email: &Email,
    own: Option<[u8; 16]>,
) -> Result<(), DbFault> {
    store::forget(tx, own.unwrap_or_else(|| Keys::address(vault, &email.folded())))
}

/// What people come in by the first time, in a browser they need not be told about.
const FIRST: [&str; 3] = ["setup", "invitation", afresh::RESCUE];

/// Starts the session of somebody who has proved who they are just now, and says `by` what. The browser is known from now on; the
/// person is told if it was not.
pub(crate) fn enter(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    (by, level): (&'static str, Level),
    (previous, device): (Option<&str>, Option<&str>),
) -> Result<(NewSession, Option<SessionId>), AccountFault> {
    let at = tx.now();
    enter_proven(tx, vault, user, (by, Assurance { level, at }), (previous, device))
}

/// Does the same for a proof that may be older.
pub(crate) fn enter_proven(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    (by, proof): (&'static str, Assurance),
    (previous, device): (Option<&str>, Option<&str>),
) -> Result<(NewSession, Option<SessionId>), AccountFault> {
    let account = people::known(tx, user)?.ok_or(AccountFault::SignedOut)?;
    let replaced = match previous {
        Some(cookie) => session::act::end_presented(tx, vault, cookie)?,
        None => None,
    };
    let mut new = session::act::start(tx, vault, user, proof)?;
    let line = Line::done(verbs::SIGN_IN, object::user()).about(user).about(new.id).fact("by", by);
    tx.note(line.fact("level", proof.level.name()));
    let browser = device::remember(tx, vault, user, device)?;
    let (subject, session, is_new) = (account.subject, new.id, browser.is_new && !FIRST.contains(&by));
    notices::entered(tx, vault, &Entrance { user, subject, session, browser: browser.held.expose(), by, is_new })?;
    new.device = Some(browser.held);
    Ok((new, replaced))
}

fn enter_by_link(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    token: &str,
    held: (Option<&str>, Option<&str>),
) -> Result<(NewSession, Option<SessionId>), AccountFault> {
    let link = link::act::spend(tx, vault, token, Purpose::SignIn)?;
    let user = link.user.ok_or(AccountFault::LinkSpent)?;
    people::known(tx, user)?.filter(|account| account.state == State::Active).ok_or(AccountFault::LinkSpent)?;
    enter(tx, vault, user, ("link", Level::Single), held)
}

impl Accounts {
    /// Signs somebody in with e-mail address and password. Unknown address, wrong password and closed account give the same
    /// answer after the same work.
    ///
    /// # Errors
    /// [`AccountFault::SecondStep`] if the password was right and the person has a second factor;
    /// [`AccountFault::WrongCredentials`]; [`AccountFault::TooManyTries`] with the time to wait; [`AccountFault::Busy`].
    pub async fn sign_in(&self, cx: &Cx, attempt: SignIn) -> Result<NewSession, AccountFault> {
        let SignIn { email, password, previous, device } = attempt;
        let vault = self.vault();
        let parsed = Email::parse(&email).ok();
        let folded = parsed.as_ref().map_or_else(|| email.trim().to_lowercase(), Email::folded);
        let (keys, email) = (Keys::of(&vault, cx, &folded), parsed.map(|email| blind(&vault, &email)));
        let (admitting, held) = (vault.clone(), device.clone());
        let admission = self.db().write(cx, move |tx| admit(tx, &admitting, keys, (email, held.as_deref())));
        let (keys, candidate) = match admission.await? {
            Admission::Wait(wait) => return Err(AccountFault::TooManyTries(wait)),
            Admission::Heard(keys, candidate) => (keys, candidate),
        };
        let (user, hash) = candidate.map_or((None, None), |known| (Some(known.user), known.hash));
        let fit = match self.fits(password, hash.clone(), keys.turn()).await {
            Err(fault) => {
                self.db().write(cx, move |tx| keys.withdraw(tx)).await?;
                return Err(fault);
            }
            Ok(fit) => fit,
        };
        let finishing = self.db().write(cx, move |tx| match (fit, user, hash) {
            (Fit::Yes { better }, Some(user), Some(hash)) => {
                finish(tx, &vault, keys, Proof { user, hash, better }, (previous.as_deref(), device.as_deref()))
            }
            _ => {
                note_failure(tx, user)?;
                Ok(Finished::Refused)
            }
        });
        match finishing.await? {
            Finished::Refused => Err(AccountFault::WrongCredentials),
            Finished::Step(step) => Err(AccountFault::SecondStep(step)),
            Finished::Entered(entered) => Ok(self.entered(entered)),
        }
    }

    /// Signs in with a one-time link, as `custos demo` prints it. `device` is what the browser is known by.
    ///
    /// # Errors
    /// [`AccountFault::LinkSpent`].
    pub async fn sign_in_by_link(
        &self,
        cx: &Cx,
        token: Secret<String>,
        (previous, device): (Option<String>, Option<String>),
    ) -> Result<NewSession, AccountFault> {
        let vault = self.vault();
        let entering = self
            .db()
            .write(cx, move |tx| enter_by_link(tx, &vault, token.expose(), (previous.as_deref(), device.as_deref())));
        Ok(self.entered(entering.await?))
    }

    /// Forgets the session that was replaced and returns the new one.
    pub(crate) fn entered(&self, (new, replaced): (NewSession, Option<SessionId>)) -> NewSession {
        if let Some(id) = replaced {
            self.forget_session(id);
        }
        new
    }
}
