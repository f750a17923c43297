//! The key that a browser keeps for a session itself (device bound session credentials): registered once, right after the sign-in;
//! from then on the browser signs every few minutes before it asks for anything. What a signature brings is what one of the page's
//! key brings, and what is wrong about it has the same end.

use authz::Cx;
use binding::{Bound, Cookie, DeviceKey, Span, Tie};
use crypto::Secret;
use db::WriteTx;
use kernel::{BindingId, ChallengeId, SessionId, UserId};
use ledger::Line;
use proofs::dbsc::Proof;
use vault::Vault;

use super::device::{BIND, Held, PROVE, Proved, go_on, held, question, take, wrong};
use super::model::SessionRow;
use super::store;
use crate::{AccountFault, Accounts, object};

/// What the question at the sign-in is kept for.
const FIRST: &str = "bound.first";
/// What the later ones are.
const AGAIN: &str = "bound.again";

/// What a browser shows of its own key.
pub struct BoundAnswer {
    /// The token it signed.
    pub token: String,
    /// Where it sent that.
    pub url: String,
}

/// What a browser is told that asks for a session with its own key.
pub enum BoundNext {
    /// The session has ended, or the key is not its own: the browser forgets the key.
    Over,
    /// The question to sign.
    Sign(ChallengeId),
    /// It goes on; with the cookie to hold, unless another request has just brought one.
    On(BindingId, Option<Secret<String>>),
}

/// Asks whether the browser keeps a key for a session just started.
pub(super) fn offer(tx: &mut WriteTx<'_>, which: (SessionId, UserId)) -> Result<ChallengeId, AccountFault> {
    question(tx, which, FIRST)
}

/// Finds a session that may get a key of the browser's own: whoever copied its cookie was never asked.
fn open(tx: &WriteTx<'_>, vault: &Vault, cookie: &Cookie) -> Result<SessionRow, AccountFault> {
    let row = store::find(tx, cookie.id)?.filter(|row| row.span.lives(tx.now()));
    row.filter(|row| row.shown(vault, cookie).is_some()).ok_or(AccountFault::SignedOut)
}

fn register(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    cookie: &Cookie,
    answer: &BoundAnswer,
) -> Result<Option<BindingId>, AccountFault> {
    let (id, row, now) = (cookie.id, open(tx, vault, cookie)?, tx.now());
    let read = Proof::parse(&answer.token).and_then(|proof| proof.registers(&answer.url));
    let key = match &read {
        Ok((point, challenge)) => match (DeviceKey::from_bytes(point), challenge.parse()) {
            (Some(key), Ok(challenge)) if take(tx, id, (challenge, FIRST))? => Ok(key),
            _ => Err("spent"),
        },
        Err(fault) => Err(fault.0),
    };
    let family = vault.token_hash(cookie.family());
    let tie = row.tie.clone().unwrap_or_else(|| Tie::new(None, family, now));
    let bound = key.map(|key| Bound { id: tx.new_id(), key, at: now });
    match bound.map(|bound| (bound.id, tie.bound(bound, now))) {
        Ok((binding, Some(tie))) => {
            let hash = row.secret_hash;
            if !store::tie(tx, id, (hash, hash), &tie)? {
                return Err(AccountFault::SignedOut);
            }
            if row.tie.is_none() {
                store::span(tx, id, Span::start(now, true))?;
            }
            tx.note(Line::done(BIND, object::session()).about(id).about(row.user).fact("by", "browser"));
            Ok(Some(binding))
        }
        refused => {
            let why = refused.err().unwrap_or("bound-already");
            tx.note(Line::failed(BIND, object::session(), why).about(id).about(row.user));
            Ok(None)
        }
    }
}

/// Finds the session of a cookie if the browser keeps this key for it.
fn found(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    cookie: &Cookie,
    binding: BindingId,
) -> Result<Option<(Held, Bound)>, AccountFault> {
    let held = match held(tx, vault, cookie) {
        Err(AccountFault::WrongState) => None,
        other => other?,
    };
    Ok(held.and_then(|held| held.tie.bound.filter(|bound| bound.id == binding).map(|bound| (held, bound))))
}

fn again(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (cookie, binding): (&Cookie, BindingId),
    answer: Option<&BoundAnswer>,
) -> Result<BoundNext, AccountFault> {
    let Some((held, bound)) = found(tx, vault, cookie, binding)? else { return Ok(BoundNext::Over) };
    let which = (cookie.id, held.row.user);
    let Some(answer) = answer else { return Ok(BoundNext::Sign(question(tx, which, AGAIN)?)) };
    let signed = Proof::parse(&answer.token).and_then(|proof| proof.answers(bound.key.as_bytes(), &answer.url));
    let Ok(challenge) = signed else {
        wrong(tx, vault, &held, cookie.id)?;
        return Ok(BoundNext::Over);
    };
    let waited = match challenge.parse() {
        Ok(challenge) => take(tx, cookie.id, (challenge, AGAIN))?,
        Err(_) => false,
    };
    if !waited {
        tx.note(Line::failed(PROVE, object::session(), "spent").about(cookie.id).about(held.row.user));
        return Ok(BoundNext::Sign(question(tx, which, AGAIN)?));
    }
    Ok(match go_on(tx, vault, cookie, &held, Tie::signed_by_browser)? {
        Proved::Right(cookie) => BoundNext::On(binding, cookie),
        Proved::Spent => BoundNext::Sign(question(tx, which, AGAIN)?),
        Proved::Out => BoundNext::Over,
    })
}

impl Accounts {
    /// Keeps the key that a browser brings for the session it has just signed in to: once, for the question it was asked then.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if there is no such session; [`AccountFault::WrongState`] if what it brings does not hold, or the
    /// session has such a key.
    pub async fn register_bound(&self, cx: &Cx, cookie: &str, answer: BoundAnswer) -> Result<BindingId, AccountFault> {
        let cookie = Cookie::parse(cookie).ok_or(AccountFault::SignedOut)?;
        let (vault, id) = (self.vault(), cookie.id);
        let kept = self.db().write(cx, move |tx| register(tx, &vault, &cookie, &answer)).await?;
        self.forget_session(id);
        kept.ok_or(AccountFault::WrongState)
    }

    /// Asks a browser to sign with its own key, or judges what it signed. If that is right the session goes on under another
    /// secret; if it is wrong the session ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refresh_bound(
        &self,
        cx: &Cx,
        (cookie, binding): (&str, BindingId),
        answer: Option<BoundAnswer>,
    ) -> Result<BoundNext, AccountFault> {
        let Some(cookie) = Cookie::parse(cookie) else { return Ok(BoundNext::Over) };
        let (vault, id) = (self.vault(), cookie.id);
        let asking = self.db().write(cx, move |tx| again(tx, &vault, (&cookie, binding), answer.as_ref()));
        let next = asking.await?;
        self.forget_session(id);
        Ok(next)
    }
}
