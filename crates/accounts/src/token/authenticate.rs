//! From a token to the context of a request.

use std::sync::Arc;
use std::time::Duration;

use authz::{Cx, Identity, Rights};
use crypto::BearerToken;
use db::ReadTx;
use kernel::{Fault as _, Lang, RequestId, Timestamp, TokenId, UserId};
use ledger::{ActorRef, Line, Origin, verbs};

use super::store;
use crate::person::{State, store as people};
use crate::{AccountFault, Accounts, object};

/// Its use is written down at most this often.
const USED_EVERY: Duration = Duration::from_secs(60);

/// What the database said about a token.
pub(crate) struct Bearer {
    token: TokenId,
    user: UserId,
    rights: Arc<Rights>,
    expires_at: Timestamp,
}

/// Finds a token and its owner. One that was good once and is not leaves a line; a made-up one does not.
fn recognise(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<(Bearer, Option<Timestamp>), AccountFault> {
    let token = store::find(tx, hash)?.ok_or(AccountFault::SignedOut)?;
    let owner = people::known(tx, token.user)?.filter(|account| account.state == State::Active);
    match owner {
        Some(owner) if token.good(tx.now()) => {
            let rights = owner.rights(tx)?;
            let bearer = Bearer { token: token.id, user: owner.id, rights, expires_at: token.expires_at };
            Ok((bearer, token.used_at))
        }
        _ => {
            let fault = AccountFault::SignedOut;
            tx.note_denial(Line::denied(verbs::SIGN_IN_FAILED, object::token(), fault.code()).about(token.id));
            Err(fault)
        }
    }
}

impl Accounts {
    /// Recognises what follows `Authorization: Bearer` and mints the context of the request, with the rights its owner has
    /// at this moment.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] whatever the reason.
    pub async fn authenticate_token(
        &self,
        bearer: &str,
        origin: Origin,
        request: RequestId,
        lang: Lang,
    ) -> Result<Cx, AccountFault> {
        let presented = BearerToken::parse(bearer).map_err(|_| AccountFault::SignedOut)?;
        let hash = self.inner().vault.token_hash(presented.expose_bytes());
        let now = self.db().now();
        let known = match self.inner().recognised.tokens.get(&hash, now) {
            Ok(known) => known,
            Err(before) => {
                let asking = Cx::nobody(origin.clone(), request, lang);
                let (known, used_at) = self.db().read(&asking, move |tx| recognise(tx, hash)).await?;
                if used_at.is_none_or(|used_at| now.since(used_at) >= USED_EVERY) {
                    let id = known.token;
                    self.db().write(&asking, move |tx| store::used(tx, id, now)).await?;
                }
                let known = Arc::new(known);
                self.inner().recognised.tokens.put(before, hash, known.user, Arc::clone(&known));
                known
            }
        };
        if now >= known.expires_at {
            return Err(AccountFault::SignedOut);
        }
        Ok(mint(&known, origin, request, lang))
    }
}

#[expect(clippy::disallowed_methods, reason = "a home of authentication: the token's hash was found just now")]
fn mint(known: &Bearer, origin: Origin, request: RequestId, lang: Lang) -> Cx {
    let identity = Identity {
        actor: ActorRef::Token { token: known.token, user: known.user },
        person: Some(known.user),
        session: None,
        rights: Arc::clone(&known.rights),
    };
    Cx::mint(identity, origin, request, lang)
}
