//! The tie between a session and the browser it was started in: made at entry, shown by a signature every few minutes.

use std::time::Duration;

use authz::Cx;
use binding::{Cookie, DeviceKey, Purpose, Shown, Span, Standing, Tie};
use crypto::Secret;
use db::{DbFault, WriteTx};
use kernel::{ChallengeId, SessionId, Timestamp, UserId};
use ledger::{Line, verbs};
use notices::{Kind, Notice};
use vault::Vault;

use super::model::{DeviceAnswer, DeviceQuestion, NewSession, SessionRow};
use super::{bound, store};
use crate::person::store as people;
use crate::{AccountFault, Accounts, factor, object};

/// A session was tied to its browser.
pub(super) const BIND: &str = "session-bind";
/// A browser did not show that a session is its own.
pub(super) const PROVE: &str = "session-prove";
/// What the question is kept for.
const fn kept_for(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Refresh => "device.refresh",
        Purpose::Act => "device.act",
    }
}
/// A question is good for this long.
const LASTS: Duration = Duration::from_secs(60);

/// Ends a session whose cookie somebody else seems to hold. Its person is not kept out: they sign in again.
fn end(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (id, user): (SessionId, UserId),
    why: &'static str,
) -> Result<(), AccountFault> {
    if store::end(tx, id, user)? {
        tx.note(Line::done(verbs::SESSION_END, object::session()).about(id).about(user).fact("why", why));
        if let Some(account) = people::known(tx, user)? {
            notices::tell(tx, vault, user, account.subject, &Notice::new(Kind::CookieElsewhere))?;
        }
    }
    Ok(())
}

/// Ends a session whose browser did not answer, unless it has answered since that was found out.
fn end_silent(tx: &mut WriteTx<'_>, vault: &Vault, which: (SessionId, UserId)) -> Result<(), AccountFault> {
    let tie = store::find(tx, which.0)?.and_then(|row| row.tie);
    match tie.map(|tie| tie.standing(Shown::Present, tx.now())) {
        Some(Standing::Over) => end(tx, vault, which, "device-silent"),
        Some(Standing::Good | Standing::Asked) | None => Ok(()),
    }
}

/// Ties a session just started to a key; from then on it lasts longer.
fn bind(tx: &mut WriteTx<'_>, vault: &Vault, new: NewSession, key: DeviceKey) -> Result<NewSession, AccountFault> {
    let cookie = Cookie::parse(new.cookie.expose()).ok_or(AccountFault::SignedOut)?;
    let (hash, span) = (vault.token_hash(cookie.secret.expose()), Span::start(tx.now(), true));
    let tie = Tie::new(Some(key), vault.token_hash(cookie.family()), tx.now());
    if !store::tie(tx, new.id, (hash, hash), &tie)? {
        return Err(AccountFault::SignedOut);
    }
    store::span(tx, new.id, span)?;
    tx.note(Line::done(BIND, object::session()).about(new.id).about(new.user));
    Ok(NewSession { until: span.until, ..new })
}

/// A session whose cookie was shown, and that is tied to a browser.
pub(super) struct Held {
    pub(super) row: SessionRow,
    pub(super) tie: Tie,
    pub(super) shown: Shown,
}

/// Finds the session of a cookie, whichever of its secrets that shows; nothing if there is none, or it is over. One that is
/// tied to no browser has nobody to ask.
pub(super) fn held(tx: &mut WriteTx<'_>, vault: &Vault, cookie: &Cookie) -> Result<Option<Held>, AccountFault> {
    let Some(row) = store::find(tx, cookie.id)?.filter(|row| row.span.lives(tx.now())) else { return Ok(None) };
    let Some(shown) = row.shown(vault, cookie) else { return Ok(None) };
    let tie = row.tie.clone().ok_or(AccountFault::WrongState)?;
    if tie.standing(shown, tx.now()) == Standing::Over {
        end(tx, vault, (cookie.id, row.user), "device-silent")?;
        return Ok(None);
    }
    Ok(Some(Held { row, tie, shown }))
}

/// Keeps a question to the browser of a session, and returns it.
pub(super) fn question(
    tx: &mut WriteTx<'_>,
    (id, user): (SessionId, UserId),
    kept_for: &'static str,
) -> Result<ChallengeId, AccountFault> {
    // Whoever holds a cookie may ask, so what nobody answered goes at the next occasion and not once a day.
    factor::challenge::remove_old(tx)?;
    let challenge: ChallengeId = tx.new_id();
    tx.keep(
        "insert into challenge (id, purpose, user_id, session_id, sealed, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[challenge.into(), kept_for.into(), user.into(), id.into(), [].as_slice().into(), tx.now().plus(LASTS).into()],
    )?;
    Ok(challenge)
}

fn ask(tx: &mut WriteTx<'_>, held: &Held, id: SessionId, purpose: Purpose) -> Result<DeviceQuestion, AccountFault> {
    let key = held.tie.key.as_ref().ok_or(AccountFault::WrongState)?.spell();
    Ok(DeviceQuestion { session: id, challenge: question(tx, (id, held.row.user), kept_for(purpose))?, key })
}

/// Takes a question of a session out; tells whether it was there and still waited.
pub(super) fn take(
    tx: &mut WriteTx<'_>,
    id: SessionId,
    (challenge, kept_for): (ChallengeId, &'static str),
) -> Result<bool, DbFault> {
    let until = tx.bare_one(
        "delete from challenge where id = ?1 and purpose = ?2 and session_id = ?3 returning expires_at",
        &[challenge.into(), kept_for.into(), id.into()],
        |row| row.get::<Timestamp>(0),
    )?;
    Ok(until.is_some_and(|until| tx.now() < until))
}

/// What became of an answer.
pub(super) enum Proved {
    /// There is no such session any more.
    Out,
    /// The question was answered, is too old, or was never asked in this session.
    Spent,
    /// It was right; with the cookie that goes on, unless another request has just brought one.
    Right(Option<Secret<String>>),
}

fn prove(tx: &mut WriteTx<'_>, vault: &Vault, cookie: &Cookie, answer: &DeviceAnswer) -> Result<Proved, AccountFault> {
    let id = cookie.id;
    let Some(held) = held(tx, vault, cookie)? else { return Ok(Proved::Out) };
    let key = held.tie.key.ok_or(AccountFault::WrongState)?;
    let waited = take(tx, id, (answer.challenge, kept_for(answer.purpose)))?;
    let message = binding::message(answer.purpose, id, answer.challenge);
    if !key.signed(&message, &answer.signature) {
        return wrong(tx, vault, &held, id);
    }
    if !waited {
        tx.note(Line::failed(PROVE, object::session(), "spent").about(id).about(held.row.user));
        return Ok(Proved::Spent);
    }
    if !held.tie.takes_page(held.shown, tx.now()) {
        tx.note(Line::failed(PROVE, object::session(), "browser-silent").about(id).about(held.row.user));
        return Ok(Proved::Out);
    }
    go_on(tx, vault, cookie, &held, |tie, replaced, now| tie.signed(answer.purpose, replaced, now))
}

/// Ends the session of a browser that signs wrongly.
pub(super) fn wrong(tx: &mut WriteTx<'_>, vault: &Vault, held: &Held, id: SessionId) -> Result<Proved, AccountFault> {
    tx.note(Line::failed(PROVE, object::session(), "wrong-signature").about(id).about(held.row.user));
    end(tx, vault, (id, held.row.user), "device-wrong")?;
    Ok(Proved::Out)
}

/// Lets a session go on after a right signature, under another secret.
pub(super) fn go_on(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    cookie: &Cookie,
    held: &Held,
    signed: impl FnOnce(&Tie, Option<[u8; 32]>, Timestamp) -> Tie,
) -> Result<Proved, AccountFault> {
    let (now, before) = (tx.now(), held.row.secret_hash);
    // Another tab has just had the secret replaced; its cookie is on the way to this one too.
    let follows = held.shown == Shown::Former && held.tie.is_rotating(now);
    let fresh = (!follows).then(|| cookie.rotated(tx.chance()));
    let hash = fresh.as_ref().map_or(before, |cookie| vault.token_hash(cookie.secret.expose()));
    let tie = signed(&held.tie, fresh.as_ref().map(|_| before), now);
    if !store::tie(tx, cookie.id, (before, hash), &tie)? {
        return Ok(Proved::Spent);
    }
    Ok(Proved::Right(fresh.map(|cookie| cookie.spell())))
}

impl Accounts {
    /// Ties a session just started to the key that our page keeps in the browser, if it names one, and asks whether the browser
    /// keeps a key itself.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if the session has ended meanwhile.
    pub async fn bind_session(&self, cx: &Cx, new: NewSession, key: &str) -> Result<NewSession, AccountFault> {
        let (key, vault) = (DeviceKey::parse(key), self.vault());
        let binding = self.db().write(cx, move |tx| {
            let offer = Some(bound::offer(tx, (new.id, new.user))?);
            let new = NewSession { offer, ..new };
            match key {
                Some(key) => bind(tx, &vault, new, key),
                None => Ok(new),
            }
        });
        binding.await
    }

    /// Asks the browser that holds a cookie to sign. The cookie may be one that opens nothing any more: the key does.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if there is no such session; [`AccountFault::WrongState`] if it is tied to no browser.
    pub async fn ask_device(&self, cx: &Cx, cookie: &str, purpose: Purpose) -> Result<DeviceQuestion, AccountFault> {
        let cookie = Cookie::parse(cookie).ok_or(AccountFault::SignedOut)?;
        let (vault, id) = (self.vault(), cookie.id);
        let asking = self.db().write(cx, move |tx| match held(tx, &vault, &cookie)? {
            Some(held) => ask(tx, &held, id, purpose).map(Some),
            None => Ok::<_, AccountFault>(None),
        });
        let asked = asking.await?;
        if asked.is_none() {
            self.forget_session(id);
        }
        asked.ok_or(AccountFault::SignedOut)
    }

    /// Judges a browser's signature. If it is right the session goes on under another secret: the cookie to hold, or none if
    /// a request a moment ago has brought it. If it is wrong the session ends.
    ///
    /// # Errors
    /// As [`ask_device`](Self::ask_device); [`AccountFault::StepSpent`] if the question does not wait any more.
    pub async fn prove_device(
        &self,
        cx: &Cx,
        cookie: &str,
        answer: DeviceAnswer,
    ) -> Result<Option<Secret<String>>, AccountFault> {
        let cookie = Cookie::parse(cookie).ok_or(AccountFault::SignedOut)?;
        let (vault, id) = (self.vault(), cookie.id);
        let proved = self.db().write(cx, move |tx| prove(tx, &vault, &cookie, &answer)).await?;
        self.forget_session(id);
        match proved {
            Proved::Out => Err(AccountFault::SignedOut),
            Proved::Spent => Err(AccountFault::StepSpent),
            Proved::Right(cookie) => Ok(cookie),
        }
    }

    /// Lets a request go on or not, by what its cookie is worth.
    pub(super) async fn may_go_on(
        &self,
        asking: &Cx,
        (id, user): (SessionId, UserId),
        standing: Standing,
    ) -> Result<(), AccountFault> {
        let fault = match standing {
            Standing::Good => return Ok(()),
            Standing::Asked => AccountFault::ProveDevice,
            Standing::Over => AccountFault::SignedOut,
        };
        let vault = self.vault();
        let noting = self.db().write(asking, move |tx| match standing {
            Standing::Over => end_silent(tx, &vault, (id, user)),
            Standing::Good | Standing::Asked => Ok(store::asked(tx, id)?),
        });
        noting.await?;
        self.forget_session(id);
        Err(fault)
    }
}
