//! What is done with sessions.

use authz::{Assurance, Cx, Denied, Level};
use binding::{Cookie, Span, Tie};
use db::{DbFault, WriteTx};
use kernel::{SessionId, UserId};
use ledger::{Line, verbs};
use vault::Vault;

use super::model::{NewSession, SessionView};
use super::store;
use crate::{AccountFault, Accounts, object};

/// Starts a session with a new id and a new secret. The caller leaves the line that says why.
pub(crate) fn start(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    assurance: Assurance,
) -> Result<NewSession, DbFault> {
    let rest = Rest { span: Span::start(tx.now(), false), assurance, tie: None };
    start_within(tx, vault, user, rest)
}

/// What a session has besides its id, its secret and its person.
#[derive(Clone)]
struct Rest {
    span: Span,
    assurance: Assurance,
    tie: Option<Tie>,
}

fn start_within(tx: &mut WriteTx<'_>, vault: &Vault, user: UserId, rest: Rest) -> Result<NewSession, DbFault> {
    let Rest { span, assurance, tie } = rest;
    let cookie = Cookie::new(tx.new_id(), tx.chance());
    let hash = vault.token_hash(cookie.secret.expose());
    store::insert(tx, cookie.id, user, hash, (span, assurance))?;
    if let Some(tie) = tie {
        // The key stays with the session, whatever it is called.
        let family = vault.token_hash(cookie.family());
        let tie = Tie { family, former: None, rotated_at: tx.now(), ..tie };
        store::tie(tx, cookie.id, (hash, hash), &tie)?;
    }
    Ok(NewSession { user, id: cookie.id, cookie: cookie.spell(), until: span.until, offer: None, device: None })
}

/// Ends the session whose cookie came along with a sign-in: the browser's cookie is about to be replaced.
pub(crate) fn end_presented(tx: &mut WriteTx<'_>, vault: &Vault, cookie: &str) -> Result<Option<SessionId>, DbFault> {
    let Some(cookie) = Cookie::parse(cookie) else {
        return Ok(None);
    };
    let Some(row) = store::find(tx, cookie.id)? else {
        return Ok(None);
    };
    if row.shown(vault, &cookie).is_none() {
        return Ok(None);
    }
    store::end(tx, cookie.id, row.user)?;
    tx.note(Line::done(verbs::SESSION_END, object::session()).about(cookie.id).fact("why", "replaced"));
    Ok(Some(cookie.id))
}

/// Ends all sessions of a person.
pub(crate) fn end_all(tx: &mut WriteTx<'_>, user: UserId, why: &'static str) -> Result<(), DbFault> {
    let ended = store::end_all(tx, user)?;
    if ended > 0 {
        let line = Line::done(verbs::SESSION_END, object::user()).about(user).fact("why", why);
        tx.note(line.fact("sessions", ended.to_string()));
    }
    Ok(())
}

/// Puts a session with a new id and secret in the place of the one that acts; it ends when that one would have. With a
/// `level` the person has just proved that much.
pub(crate) fn renew(tx: &mut WriteTx<'_>, vault: &Vault, level: Option<Level>) -> Result<NewSession, AccountFault> {
    let (user, old, rest) = living(tx)?;
    let has = level.map_or(rest.assurance, |level| rest.assurance.after(level, tx.now()));
    end_one(tx, user, old, verbs::SESSION_END)?;
    let new = start_within(tx, vault, user, Rest { assurance: has, ..rest })?;
    notices::follow(tx, old, new.id)?;
    store::follow(tx, old, new.id)?;
    tx.note(Line::done(verbs::STEP_UP, object::session()).about(old).about(new.id).fact("level", has.level.name()));
    Ok(new)
}

/// Does the same and ends every other session of the person too.
pub(crate) fn renew_alone(tx: &mut WriteTx<'_>, vault: &Vault, why: &'static str) -> Result<NewSession, AccountFault> {
    let (user, old, rest) = living(tx)?;
    end_all(tx, user, why)?;
    let new = start_within(tx, vault, user, rest)?;
    notices::follow(tx, old, new.id)?;
    store::follow(tx, old, new.id)?;
    Ok(new)
}

/// Returns the person and the session that act, and the rest of it: its span, what was proved in it, its tie.
fn living(tx: &WriteTx<'_>) -> Result<(UserId, SessionId, Rest), AccountFault> {
    let (user, id) = own(tx.cx())?;
    let row = store::find(tx, id)?.filter(|row| row.user == user && row.span.lives(tx.now()));
    let row = row.ok_or(AccountFault::SignedOut)?;
    let assurance = row.assurance_from(tx.cx().origin());
    Ok((user, id, Rest { span: row.span.used(tx.now()), assurance, tie: row.tie }))
}

/// Returns the person and the session that act.
fn own(cx: &Cx) -> Result<(UserId, SessionId), AccountFault> {
    cx.person().zip(cx.session()).ok_or(AccountFault::SignedOut)
}

fn end_one(tx: &mut WriteTx<'_>, user: UserId, id: SessionId, verb: &'static str) -> Result<(), AccountFault> {
    if !store::end(tx, id, user)? {
        tx.note_denial(Line::denied(verb, object::session(), "not-found").about(id));
        return Err(Denied::Hidden.into());
    }
    tx.note(Line::done(verb, object::session()).about(id));
    Ok(())
}

impl Accounts {
    /// Ends the session that acts.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if none does.
    pub async fn sign_out(&self, cx: &Cx) -> Result<(), AccountFault> {
        let (user, id) = own(cx)?;
        self.db().write(cx, move |tx| end_one(tx, user, id, verbs::SIGN_OUT)).await?;
        self.forget_session(id);
        Ok(())
    }

    /// Ends every session of the person who acts, this one too.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does.
    pub async fn sign_out_everywhere(&self, cx: &Cx) -> Result<(), AccountFault> {
        let (user, id) = own(cx)?;
        let ending = self.db().write(cx, move |tx| -> Result<(), AccountFault> {
            end_one(tx, user, id, verbs::SIGN_OUT)?;
            Ok(end_all(tx, user, "signed-out-everywhere")?)
        });
        ending.await?;
        self.forget(user);
        Ok(())
    }

    /// Ends every other session of the person who acts, and lets no other browser be known for them any more; the session that
    /// acts goes on under a new id. `held` is what its browser is known by.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts.
    pub async fn keep_only_this(&self, cx: &Cx, held: Option<String>) -> Result<NewSession, AccountFault> {
        let (user, _) = own(cx)?;
        let vault = self.vault();
        let keeping = self.db().write(cx, move |tx| {
            crate::sign_in::device::forget_others(tx, &vault, (held.as_deref(), user))?;
            renew_alone(tx, &vault, "not-me")
        });
        let new = keeping.await?;
        self.forget(user);
        Ok(new)
    }

    /// Lists the living sessions of the person who acts, the last used first.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody does.
    pub async fn list_sessions(&self, cx: &Cx) -> Result<Vec<SessionView>, AccountFault> {
        let user = cx.person().ok_or(AccountFault::SignedOut)?;
        let listing = self.db().read(cx, move |tx| -> Result<_, AccountFault> {
            let sessions = store::list(tx, user)?;
            tx.note(Line::done(verbs::LIST, object::session()).about_each(sessions.iter().map(|s| s.id.uuid())));
            Ok(sessions)
        });
        listing.await
    }

    /// Ends one of the sessions of the person who acts.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] (hidden) if it is not theirs or has ended.
    pub async fn end_session(&self, cx: &Cx, id: SessionId) -> Result<(), AccountFault> {
        let user = cx.person().ok_or(AccountFault::SignedOut)?;
        self.db().write(cx, move |tx| end_one(tx, user, id, verbs::SESSION_END)).await?;
        self.forget_session(id);
        Ok(())
    }

    /// Gives the session that acts a new id and secret: at every rise of rights (OWASP ASVS 5.0 V7.2.4).
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if it has ended.
    pub async fn renew_session(&self, cx: &Cx) -> Result<NewSession, AccountFault> {
        let (_, old) = own(cx)?;
        let vault = self.vault();
        let new = self.db().write(cx, move |tx| renew(tx, &vault, None)).await?;
        self.forget_session(old);
        Ok(new)
    }

    /// Lets go of what is remembered about a session.
    pub(crate) fn forget_session(&self, id: SessionId) {
        self.inner().recognised.sessions.forget(|known, _| *known == id);
    }
}
