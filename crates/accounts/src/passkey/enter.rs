//! Signing in with a passkey, without a user name.

use authz::{Cx, Level};
use db::{DbFault, WriteTx};
use kernel::{ChallengeId, Fault as _, SessionId, UserId};
use ledger::{Line, verbs};
use notices::Notice;
use vault::Vault;
use webauthn_rs::prelude::{AuthenticationResult, Credential, Passkey};

use super::Site;
use super::add::lookup;
use super::model::{Content, PasskeyAnswer, PasskeyQuestion};
use crate::factor::{self, Factor, Kind, challenge, store};
use crate::person::{Account, State, store as people};
use crate::session::NewSession;
use crate::{AccountFault, Accounts, object, sign_in};
use proofs::passkey::{self as ceremony, CLONED, Presented, Why};

/// What the question is kept for.
const PURPOSE: &str = "passkey.enter";
/// A passkey opens nothing any more.
const SUSPEND: &str = "factor-suspend";

/// What is needed to judge what was presented.
struct Begun {
    state: crypto::Zeroizing<Vec<u8>>,
    passkey: Passkey,
}

fn note_failure(tx: &mut WriteTx<'_>, user: Option<UserId>, why: Why) -> Result<(), DbFault> {
    let line = Line::failed(verbs::SIGN_IN_FAILED, object::user(), AccountFault::WrongPasskey.code());
    tx.note(line.about_each(user.map(|user| user.uuid())).fact("by", Kind::Passkey.code()).fact("why", why));
    notices::missed(tx, user)
}

/// A passkey that may sign its person in, as it is now.
struct Known {
    account: Account,
    factor: Factor,
    content: Content,
}

/// Finds the passkey that is presented; or whom it concerns, where that is known, and why it opens nothing.
fn find(
    tx: &WriteTx<'_>,
    vault: &Vault,
    presented: &Presented,
) -> Result<Result<Known, (Option<UserId>, Why)>, AccountFault> {
    let Some((credential, claimed)) = presented.claim() else { return Ok(Err((None, "nobody-named"))) };
    let Some(factor) = store::find(tx, Kind::Passkey, lookup(vault, credential))? else {
        return Ok(Err((None, "unknown")));
    };
    if factor.user.uuid() != claimed {
        return Ok(Err((Some(factor.user), "another-person")));
    }
    let account = people::known(tx, factor.user)?.filter(|account| account.state == State::Active);
    let Some(account) = account else { return Ok(Err((Some(factor.user), "closed"))) };
    let content: Content = factor::open(vault, account.subject, &factor)?;
    if content.suspended {
        return Ok(Err((Some(factor.user), "suspended")));
    }
    Ok(Ok(Known { account, factor, content }))
}

/// Takes the question out and looks at who answers. What is wrong goes through as a value: a fault would put it back.
fn begin(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    id: ChallengeId,
    presented: Option<&Presented>,
) -> Result<Option<Begun>, AccountFault> {
    let asked = challenge::take(tx, vault, PURPOSE, id)?;
    let found = match (asked, presented) {
        (None, _) => Err((None, "no-question")),
        (Some(_), None) => Err((None, "malformed")),
        (Some(asked), Some(presented)) => find(tx, vault, presented)?.map(|known| (asked, known)),
    };
    match found {
        Ok((asked, known)) => Ok(Some(Begun { state: asked.state, passkey: known.content.passkey()? })),
        Err((user, why)) => {
            note_failure(tx, user, why)?;
            Ok(None)
        }
    }
}

/// The session that was started and the one that was replaced.
type Finished = Option<(NewSession, Option<SessionId>)>;

/// Looks again, since the account and the passkey may have changed meanwhile, and starts the session.
fn finish(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    presented: &Presented,
    judged: Result<AuthenticationResult, Why>,
    held: (Option<&str>, Option<&str>),
) -> Result<Finished, AccountFault> {
    let known = match find(tx, vault, presented)? {
        Ok(known) => known,
        Err((user, why)) => {
            note_failure(tx, user, why)?;
            return Ok(None);
        }
    };
    let mut passkey = known.content.passkey()?;
    let stored = Credential::from(passkey.clone()).counter;
    let result = match judged {
        Ok(result) if proofs::young::goes_on(stored, result.counter()) => result,
        Ok(_) | Err(CLONED) => return suspend(tx, vault, known),
        Err(why) => {
            note_failure(tx, Some(known.account.id), why)?;
            return Ok(None);
        }
    };
    let _ = passkey.update_credential(&result);
    let Known { account, mut factor, mut content } = known;
    content.set_passkey(&passkey)?;
    content.seen(tx.cx().origin());
    factor.sealed = factor::seal(vault, factor.id, account.subject, &content)?;
    let now = tx.now();
    store::update(tx, factor, Some(now))?;
    // Whoever relayed a sign-in may have made it: for a day it is worth no more than what they relayed.
    let level = if content.waits(now).is_some() { Level::Multi } else { Level::Resistant };
    sign_in::enter(tx, vault, account.id, (Kind::Passkey.code(), level), held).map(Some)
}

/// Lets a passkey whose count went back open nothing any more.
fn suspend(tx: &mut WriteTx<'_>, vault: &Vault, known: Known) -> Result<Finished, AccountFault> {
    let Known { account, mut factor, mut content } = known;
    content.suspended = true;
    factor.sealed = factor::seal(vault, factor.id, account.subject, &content)?;
    let line = Line::done(SUSPEND, object::user()).about(account.id).about(factor.id);
    store::update(tx, factor, None)?;
    note_failure(tx, Some(account.id), CLONED)?;
    notices::tell(
        tx,
        vault,
        account.id,
        account.subject,
        &Notice::new(notices::Kind::PasskeyCopied).what(content.name),
    )?;
    tx.note(line.fact("kind", Kind::Passkey.code()).fact("why", CLONED));
    Ok(None)
}

impl Accounts {
    /// Asks whoever is there for a passkey of this site.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub async fn ask_passkey(&self, cx: &Cx, site: Site) -> Result<PasskeyQuestion, AccountFault> {
        let vault = self.vault();
        let asking = self.db().write(cx, move |tx| -> Result<_, AccountFault> {
            let question = ceremony::ask_any(&site).map_err(|_| AccountFault::WrongPasskey)?;
            // Anybody may ask, so what nobody answered goes at the next occasion and not once a day.
            challenge::remove_old(tx)?;
            let challenge = challenge::ask(tx, &vault, (PURPOSE, None), &question.state)?;
            Ok(PasskeyQuestion { challenge, options: question.options.to_string() })
        });
        asking.await
    }

    /// Signs somebody in with a passkey. `previous` is the session cookie the browser holds already, `device` what it is known
    /// by. It is asked for no password and counts nothing against one.
    ///
    /// # Errors
    /// [`AccountFault::WrongPasskey`] whatever is wrong: the question is spent, the passkey unknown, suspended, another site's or
    /// badly signed, the account closed.
    pub async fn sign_in_by_passkey(
        &self,
        cx: &Cx,
        site: Site,
        answer: PasskeyAnswer,
        (previous, device): (Option<String>, Option<String>),
    ) -> Result<NewSession, AccountFault> {
        let (vault, id) = (self.vault(), answer.challenge);
        let presented = Presented::parse(&answer.credential);
        let beginning = self.db().write(cx, move |tx| {
            let begun = begin(tx, &vault, id, presented.as_ref())?;
            Ok::<_, AccountFault>(begun.zip(presented))
        });
        let (begun, presented) = beginning.await?.ok_or(AccountFault::WrongPasskey)?;
        let judged = presented.judge(&site, &begun.state, &begun.passkey);
        let vault = self.vault();
        let finishing = self
            .db()
            .write(cx, move |tx| finish(tx, &vault, &presented, judged, (previous.as_deref(), device.as_deref())));
        let (new, replaced) = finishing.await?.ok_or(AccountFault::WrongPasskey)?;
        if let Some(replaced) = replaced {
            self.forget_session(replaced);
        }
        Ok(new)
    }
}
