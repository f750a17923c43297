//! Signing in with a passkey, without a user name; and proving again with one, in a session, who one is.

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
use crate::{AccountFault, Accounts, object, session, sign_in};
use proofs::passkey::{self as ceremony, CLONED, Presented, Why};

/// What an answer is for: a session, or a proof in the one that acts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Entering,
    Proving,
}

impl For {
    /// What the question is kept for: one cannot be answered in the place of the other.
    const fn purpose(self) -> &'static str {
        match self {
            Self::Entering => "passkey.enter",
            Self::Proving => "passkey.prove",
        }
    }

    /// What the ledger says of a wrong answer.
    const fn failed(self) -> &'static str {
        match self {
            Self::Entering => verbs::SIGN_IN_FAILED,
            Self::Proving => verbs::STEP_UP,
        }
    }
}
/// A passkey opens nothing any more.
const SUSPEND: &str = "factor-suspend";

/// What is needed to judge what was presented.
struct Begun {
    state: crypto::Zeroizing<Vec<u8>>,
    passkey: Passkey,
}

fn note_failure(tx: &mut WriteTx<'_>, what: For, user: Option<UserId>, why: Why) -> Result<(), DbFault> {
    let line = Line::failed(what.failed(), object::user(), AccountFault::WrongPasskey.code());
    tx.note(line.about_each(user.map(|user| user.uuid())).fact("by", Kind::Passkey.code()).fact("why", why));
    match what {
        For::Entering => notices::missed(tx, user),
        For::Proving => Ok(()),
    }
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
    // Whoever is signed in proves nothing with somebody else's.
    if tx.cx().person().is_some_and(|own| own != factor.user) {
        return Ok(Err((tx.cx().person(), "another-person")));
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
    (what, id): (For, ChallengeId),
    presented: Option<&Presented>,
) -> Result<Option<Begun>, AccountFault> {
    let asked = challenge::take(tx, vault, what.purpose(), id)?;
    let found = match (asked, presented) {
        (None, _) => Err((None, "no-question")),
        (Some(_), None) => Err((None, "malformed")),
        (Some(asked), Some(presented)) => find(tx, vault, presented)?.map(|known| (asked, known)),
    };
    match found {
        Ok((asked, known)) => Ok(Some(Begun { state: asked.state, passkey: known.content.passkey()? })),
        Err((user, why)) => {
            note_failure(tx, what, user, why)?;
            Ok(None)
        }
    }
}

/// The session that was started and the one that was replaced.
type Finished = Option<(NewSession, Option<SessionId>)>;

/// Looks again, since the account and the passkey may have changed meanwhile; says whose passkey was used, and how much it is
/// worth.
fn used(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    what: For,
    presented: &Presented,
    judged: Result<AuthenticationResult, Why>,
) -> Result<Option<(UserId, Level)>, AccountFault> {
    let known = match find(tx, vault, presented)? {
        Ok(known) => known,
        Err((user, why)) => {
            note_failure(tx, what, user, why)?;
            return Ok(None);
        }
    };
    let mut passkey = known.content.passkey()?;
    let stored = Credential::from(passkey.clone()).counter;
    let result = match judged {
        Ok(result) if proofs::young::goes_on(stored, result.counter()) => result,
        Ok(_) | Err(CLONED) => return suspend(tx, vault, what, known).map(|()| None),
        Err(why) => {
            note_failure(tx, what, Some(known.account.id), why)?;
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
    Ok(Some((account.id, level)))
}

/// Starts a session, or puts one in the place of the one that acts.
fn finish(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (what, held): (For, (Option<&str>, Option<&str>)),
    (user, level): (UserId, Level),
) -> Result<(NewSession, Option<SessionId>), AccountFault> {
    match what {
        For::Entering => sign_in::enter(tx, vault, user, (Kind::Passkey.code(), level), held),
        For::Proving => {
            let old = tx.cx().session();
            session::act::renew(tx, vault, Some(level)).map(|new| (new, old))
        }
    }
}

/// Lets a passkey whose count went back open nothing any more.
fn suspend(tx: &mut WriteTx<'_>, vault: &Vault, what: For, known: Known) -> Result<(), AccountFault> {
    let Known { account, mut factor, mut content } = known;
    content.suspended = true;
    factor.sealed = factor::seal(vault, factor.id, account.subject, &content)?;
    let line = Line::done(SUSPEND, object::user()).about(account.id).about(factor.id);
    store::update(tx, factor, None)?;
    note_failure(tx, what, Some(account.id), CLONED)?;
    notices::tell(
        tx,
        vault,
        account.id,
        account.subject,
        &Notice::new(notices::Kind::PasskeyCopied).what(content.name),
    )?;
    tx.note(line.fact("kind", Kind::Passkey.code()).fact("why", CLONED));
    Ok(())
}

impl Accounts {
    /// Asks whoever is there for a passkey of this site.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub async fn ask_passkey(&self, cx: &Cx, site: Site) -> Result<PasskeyQuestion, AccountFault> {
        self.ask_for(cx, site, For::Entering).await
    }

    /// Asks the person who acts for a passkey, as a proof. The question belongs to this session.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts in a session.
    pub async fn ask_proof(&self, cx: &Cx, site: Site) -> Result<PasskeyQuestion, AccountFault> {
        cx.session().ok_or(AccountFault::SignedOut)?;
        self.ask_for(cx, site, For::Proving).await
    }

    async fn ask_for(&self, cx: &Cx, site: Site, what: For) -> Result<PasskeyQuestion, AccountFault> {
        let (vault, user) = (self.vault(), cx.person());
        let asking = self.db().write(cx, move |tx| -> Result<_, AccountFault> {
            let question = ceremony::ask_any(&site).map_err(|_| AccountFault::WrongPasskey)?;
            // Anybody may ask, so what nobody answered goes at the next occasion and not once a day.
            challenge::remove_old(tx)?;
            let challenge = challenge::ask(tx, &vault, (what.purpose(), user), &question.state)?;
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
        self.answer(cx, site, answer, (For::Entering, previous, device)).await
    }

    /// Takes a passkey as a proof of the person who acts.
    ///
    /// # Errors
    /// As [`sign_in_by_passkey`](Self::sign_in_by_passkey), and for another person's passkey or another session's question.
    pub async fn prove_by_passkey(
        &self,
        cx: &Cx,
        site: Site,
        answer: PasskeyAnswer,
    ) -> Result<NewSession, AccountFault> {
        cx.session().ok_or(AccountFault::SignedOut)?;
        self.answer(cx, site, answer, (For::Proving, None, None)).await
    }

    async fn answer(
        &self,
        cx: &Cx,
        site: Site,
        answer: PasskeyAnswer,
        (what, previous, device): (For, Option<String>, Option<String>),
    ) -> Result<NewSession, AccountFault> {
        let (vault, id) = (self.vault(), answer.challenge);
        let presented = Presented::parse(&answer.credential);
        let beginning = self.db().write(cx, move |tx| {
            let begun = begin(tx, &vault, (what, id), presented.as_ref())?;
            Ok::<_, AccountFault>(begun.zip(presented))
        });
        let (begun, presented) = beginning.await?.ok_or(AccountFault::WrongPasskey)?;
        let judged = presented.judge(&site, &begun.state, &begun.passkey);
        let vault = self.vault();
        let finishing = self.db().write(cx, move |tx| -> Result<Finished, AccountFault> {
            let Some(proof) = used(tx, &vault, what, &presented, judged)? else { return Ok(None) };
            finish(tx, &vault, (what, (previous.as_deref(), device.as_deref())), proof).map(Some)
        });
        let (new, replaced) = finishing.await?.ok_or(AccountFault::WrongPasskey)?;
        if let Some(replaced) = replaced {
            self.forget_session(replaced);
        }
        Ok(new)
    }
}
