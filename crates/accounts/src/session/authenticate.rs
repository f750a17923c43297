//! From a cookie to the context of a request.

use std::sync::Arc;

use authz::{Assurance, Cx, Demand, Identity, Level, Proof};
use db::ReadTx;
use kernel::{Lang, RequestId, SessionId, Timestamp};
use ledger::{ActorRef, Line, Origin, verbs};
use vault::Vault;

use super::cookie::Cookie;
use super::model::{SessionRow, Signed, SignedUser, signed_user};
use super::rules::{SEEN_EVERY, Span};
use super::store;
use crate::person::{State, store as people};
use crate::{AccountFault, Accounts, object};

/// What the database said about a session.
pub(crate) struct Recognition {
    secret_hash: [u8; 32],
    span: Span,
    assurance: Assurance,
    demand: Demand,
    user: Arc<SignedUser>,
    csrf: String,
}

/// Finds the session a cookie names, and its person.
fn recognise(
    tx: &ReadTx<'_>,
    vault: &Vault,
    (id, hash): (SessionId, [u8; 32]),
    most: Level,
) -> Result<(Recognition, Timestamp), AccountFault> {
    let row = store::find(tx, id)?.filter(|row| row.span.lives(tx.now())).ok_or(AccountFault::SignedOut)?;
    if !crypto::same(&row.secret_hash, &hash) {
        // A living session's id with another secret is no accident: nobody is shown an id without its secret.
        tx.note_denial(Line::denied(verbs::SIGN_IN_FAILED, object::session(), "wrong-secret").about(id));
        return Err(AccountFault::SignedOut);
    }
    let account = people::known(tx, row.user)?.filter(|account| account.state == State::Active);
    let user = Arc::new(signed_user(&account.ok_or(AccountFault::SignedOut)?, vault)?);
    let SessionRow { secret_hash, span, assurance, .. } = row;
    let demand = policy::of(tx, &user.roles)?.at_most(most);
    let recognition = Recognition { secret_hash, span, assurance, demand, user, csrf: vault.csrf(id) };
    Ok((recognition, row.seen_at))
}

impl Accounts {
    /// Recognises the session of a cookie and mints the context of the request. `lang` is what the browser asks for; what
    /// the person chose goes before it.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] whatever the reason: no cookie's fate is told.
    pub async fn authenticate_session(
        &self,
        cookie: &str,
        origin: Origin,
        request: RequestId,
        lang: Lang,
    ) -> Result<Signed, AccountFault> {
        let cookie = Cookie::parse(cookie).ok_or(AccountFault::SignedOut)?;
        let hash = self.inner().vault.token_hash(cookie.secret.expose());
        let now = self.db().now();
        let known = match self.inner().recognised.sessions.get(&cookie.id, now) {
            Ok(known) => known,
            Err(before) => {
                let asking = Cx::nobody(origin.clone(), request, lang);
                let known = Arc::new(self.ask(&asking, cookie.id, hash).await?);
                self.inner().recognised.sessions.put(before, cookie.id, known.user.id, Arc::clone(&known));
                known
            }
        };
        if !known.span.lives(now) || !crypto::same(&known.secret_hash, &hash) {
            return Err(AccountFault::SignedOut);
        }
        let user = Arc::clone(&known.user);
        let proof = Proof { assurance: known.assurance, demand: known.demand, now };
        let lang = user.preferences.lang.unwrap_or(lang);
        Ok(Signed { cx: mint((&user, cookie.id), proof, origin, request, lang), user, csrf: known.csrf.clone() })
    }

    /// Asks the database, and writes down at most once a minute that the session is used.
    async fn ask(&self, asking: &Cx, id: SessionId, hash: [u8; 32]) -> Result<Recognition, AccountFault> {
        let (vault, most) = (self.vault(), self.strongest());
        let (mut known, seen_at) = self.db().read(asking, move |tx| recognise(tx, &vault, (id, hash), most)).await?;
        let now = self.db().now();
        if now.since(seen_at) >= SEEN_EVERY {
            known.span = known.span.used(now);
            let idle_until = known.span.idle_until;
            self.db().write(asking, move |tx| store::seen(tx, id, idle_until)).await?;
        }
        Ok(known)
    }
}

#[expect(clippy::disallowed_methods, reason = "a home of authentication: the cookie's secret was compared just now")]
fn mint((user, session): (&SignedUser, SessionId), proof: Proof, origin: Origin, request: RequestId, lang: Lang) -> Cx {
    let identity = Identity {
        actor: ActorRef::User(user.id),
        person: Some(user.id),
        session: Some(session),
        roles: user.roles.clone(),
        teams: Vec::new(),
    };
    Cx::mint_proven(identity, proof, origin, request, lang)
}
