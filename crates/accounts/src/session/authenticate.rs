//! From a cookie to the context of a request.

use std::sync::Arc;

use authz::{Cx, Demand, Device, Identity, Level, Proof, Rights};
use binding::{Cookie, PROOF_UNTIED, SEEN_EVERY, Shown, Standing};
use db::ReadTx;
use kernel::{Lang, RequestId, SessionId, Timestamp};
use ledger::{ActorRef, Line, Origin, verbs};
use vault::Vault;

use super::model::{SessionRow, Signed, SignedUser, signed_user};
use super::store;
use crate::person::{State, store as people};
use crate::{AccountFault, Accounts, object};

/// What the database said about a session.
pub(crate) struct Recognition {
    row: SessionRow,
    demand: Demand,
    user: Arc<SignedUser>,
    rights: Arc<Rights>,
    csrf: String,
}

/// Finds the session a cookie names, and its person.
fn recognise(
    tx: &ReadTx<'_>,
    vault: &Vault,
    cookie: &Cookie,
    most: Level,
) -> Result<(Recognition, Shown), AccountFault> {
    let id = cookie.id;
    let row = store::find(tx, id)?.filter(|row| row.span.lives(tx.now())).ok_or(AccountFault::SignedOut)?;
    let Some(shown) = row.shown(vault, cookie) else {
        // A living session's id with another secret is no accident: nobody is shown an id without its secret.
        tx.note_denial(Line::denied(verbs::SIGN_IN_FAILED, object::session(), "wrong-secret").about(id));
        return Err(AccountFault::SignedOut);
    };
    let account = people::known(tx, row.user)?.filter(|account| account.state == State::Active);
    let account = account.ok_or(AccountFault::SignedOut)?;
    let user = Arc::new(signed_user(&account, vault)?);
    let rights = account.rights(tx)?;
    let mut demand = policy::of(tx, &user.roles)?.at_most(most);
    if row.page_key().is_none() {
        demand.lasts = demand.lasts.min(PROOF_UNTIED);
    }
    Ok((Recognition { row, demand, user, rights, csrf: vault.csrf(id) }, shown))
}

impl Recognition {
    /// Tells whether a cookie shows the present secret, and nothing else is to be asked.
    fn is_plain(&self, hash: &[u8; 32], now: Timestamp) -> bool {
        let tie = self.row.tie.as_ref();
        crypto::same(&self.row.secret_hash, hash)
            && self.row.span.lives(now)
            && tie.is_none_or(|tie| tie.standing(Shown::Present, now) == Standing::Good)
    }

    /// Says what the browser has shown, as decisions see it.
    fn device(&self, shown: Shown, now: Timestamp) -> Device {
        match &self.row.tie {
            // A browser signs with its own key when it sees fit, and not for one act: there a step-up has to do.
            Some(tie) if tie.key.is_none() => Device::Untied,
            None => Device::Untied,
            Some(tie) if tie.may_act(shown, now) => Device::Signed,
            Some(_) => Device::Silent,
        }
    }
}

impl Accounts {
    /// Recognises the session of a cookie and mints the context of the request. `lang` is what the browser asks for; what
    /// the person chose goes before it.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] whatever the reason: no cookie's fate is told. [`AccountFault::ProveDevice`] if the browser has
    /// to sign first.
    pub async fn authenticate_session(
        &self,
        cookie: &str,
        origin: Origin,
        request: RequestId,
        lang: Lang,
    ) -> Result<Signed, AccountFault> {
        let cookie = Cookie::parse(cookie).ok_or(AccountFault::SignedOut)?;
        let id = cookie.id;
        let hash = self.inner().vault.token_hash(cookie.secret.expose());
        let now = self.db().now();
        let (known, shown) = match self.inner().recognised.sessions.get(&cookie.id, now) {
            Ok(known) if known.is_plain(&hash, now) => (known, Shown::Present),
            // Only the secret of a session that is tied to a browser is replaced while it goes on.
            Ok(known) if known.row.tie.is_none() => return Err(AccountFault::SignedOut),
            Ok(_) => self.ask(&Cx::nobody(origin.clone(), request, lang), cookie).await?,
            Err(before) => {
                let asking = Cx::nobody(origin.clone(), request, lang);
                let (known, shown) = self.ask(&asking, cookie).await?;
                self.inner().recognised.sessions.put(before, id, known.user.id, Arc::clone(&known));
                (known, shown)
            }
        };
        let user = Arc::clone(&known.user);
        let (assurance, demand, device) = (known.row.assurance_from(&origin), known.demand, known.device(shown, now));
        let proof = Proof { assurance, demand, device, now };
        let lang = user.preferences.lang.unwrap_or(lang);
        Ok(Signed {
            cx: mint((&known, id), proof, origin, request, lang),
            fresh: known.row.page_key().map(|tie| tie.fresh_until.since(now)),
            user,
            csrf: known.csrf.clone(),
        })
    }

    /// Asks the database, and writes down at most once a minute that the session is used.
    async fn ask(&self, asking: &Cx, cookie: Cookie) -> Result<(Arc<Recognition>, Shown), AccountFault> {
        let (vault, most) = (self.vault(), self.strongest());
        let id = cookie.id;
        let (mut known, shown) = self.db().read(asking, move |tx| recognise(tx, &vault, &cookie, most)).await?;
        let now = self.db().now();
        if let Some(tie) = &known.row.tie {
            self.may_go_on(asking, (id, known.user.id), tie.standing(shown, now)).await?;
        }
        if now.since(known.row.seen_at) >= SEEN_EVERY {
            known.row.span = known.row.span.used(now);
            let idle_until = known.row.span.idle_until;
            self.db().write(asking, move |tx| store::seen(tx, id, idle_until)).await?;
        }
        Ok((Arc::new(known), shown))
    }
}

#[expect(clippy::disallowed_methods, reason = "a home of authentication: the cookie's secret was compared just now")]
fn mint(
    (known, session): (&Recognition, SessionId),
    proof: Proof,
    origin: Origin,
    request: RequestId,
    lang: Lang,
) -> Cx {
    let identity = Identity {
        actor: ActorRef::User(known.user.id),
        person: Some(known.user.id),
        session: Some(session),
        rights: Arc::clone(&known.rights),
    };
    Cx::mint_proven(identity, proof, origin, request, lang)
}
