//! From a token to the context of a request.

use std::sync::Arc;
use std::time::Duration;

use accounts::{AccountFault, Accounts, Owner};
use authz::{Cx, Identity, Rights};
use crypto::BearerToken;
use db::ReadTx;
use identity::object;
use kernel::{Lang, Network, RequestId, SubjectId, Timestamp, TokenId, UserId};
use ledger::{ActorRef, Line, Origin, verbs};
use notices::{Kind, Notice};
use objects::object::Objects;
use proofs::dpop::{self, Thumbprint};

use crate::model::{FROM, Standing, seal};
use crate::{TokenFault, Tokens, rows, rules, store};

/// Its use is written down at most this often.
const USED_EVERY: Duration = Duration::from_secs(60);
/// Its owner is warned at most this often: whoever tries a stolen token a thousand times shall not bury the notice.
const WARNED_EVERY: Duration = Duration::from_secs(60 * 60);

/// How a token came.
pub enum Presented<'a> {
    /// By itself (RFC 6750).
    Bearer(&'a str),
    /// With a proof that whoever sends it holds a key (RFC 9449).
    Dpop {
        /// The token.
        token: &'a str,
        /// The proof, if exactly one came.
        proof: Option<&'a str>,
        /// The method of the request.
        method: &'a str,
        /// Its URL, as the client asked for it.
        url: &'a str,
    },
}

/// What the database said about a token.
pub(crate) struct Known {
    token: TokenId,
    user: UserId,
    subject: SubjectId,
    hint: String,
    rights: Arc<Rights>,
    networks: Vec<Network>,
    bound: Option<Thumbprint>,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    /// How often somebody had been forgotten before the database was asked.
    forgotten: u64,
}

/// Finds a token and its owner. One that was good once and is not leaves a line; a made-up one does not.
fn recognise(
    tx: &ReadTx<'_>,
    (accounts, objects): (&Accounts, Option<&Objects>),
    (hash, forgotten): ([u8; 32], u64),
) -> Result<Known, TokenFault> {
    let token = store::find(tx, hash)?.ok_or(TokenFault::Refused)?;
    let refuse = |why: &'static str| {
        tx.note_denial(Line::denied(verbs::SIGN_IN_FAILED, object::token(), why).about(token.id));
        TokenFault::Refused
    };
    match rules::standing(&token, tx.now()) {
        Standing::Good => {}
        Standing::Revoked => return Err(refuse("revoked")),
        Standing::Expired => return Err(refuse("expired")),
        Standing::Unused => return Err(refuse("unused")),
    }
    let Some(Owner { rights, subject }) = accounts.owner(tx, token.user)? else { return Err(refuse("owner-gone")) };
    let Some(terms) = token.terms(&accounts.vault(), subject)? else { return Err(refuse("no-terms")) };
    // An app renews its secret before; what comes later is a copy.
    if token.fresh_until.is_some_and(|until| tx.now() >= until) {
        return Err(refuse("expired"));
    }
    let charter = rights.charter().clone();
    let rights = Arc::unwrap_or_clone(rules::narrowed(rights, &terms)?);
    let rights = rows::narrowed(rights, terms.rows(), objects, (&charter, token.user))?;
    let rights = rules::watched(Arc::new(rights), &token, tx.now());
    Ok(Known {
        token: token.id,
        user: token.user,
        subject,
        rights,
        networks: terms.networks()?,
        bound: token.bound()?,
        expires_at: token.fresh_until.map_or(token.expires_at, |until| until.min(token.expires_at)),
        used_at: token.used_at,
        hint: token.hint,
        forgotten,
    })
}

impl Tokens {
    /// Recognises what a program presents and mints the context of the request, with the rights its owner has at this moment.
    ///
    /// # Errors
    /// [`TokenFault`]; of the token itself it says nothing.
    pub async fn authenticate(
        &self,
        presented: Presented<'_>,
        origin: Origin,
        request: RequestId,
        lang: Lang,
    ) -> Result<Cx, TokenFault> {
        let (Presented::Bearer(text) | Presented::Dpop { token: text, .. }) = presented;
        // The checksum: what was mistyped costs nothing.
        let token = BearerToken::parse(text).map_err(|_| TokenFault::Refused)?;
        let hash = self.vault().token_hash(token.expose_bytes());
        let asking = Cx::nobody(origin, request, lang);
        let (known, fresh) = self.known(&asking, hash).await?;
        if self.db().now() >= known.expires_at {
            return Err(TokenFault::Refused);
        }
        if !rules::may_come_from(&known.networks, asking.origin().ip) {
            self.elsewhere(&asking, &known).await?;
            return Err(TokenFault::Refused);
        }
        self.proven(&asking, &known, &presented).await?;
        if fresh {
            self.used(&asking, &known).await?;
        }
        Ok(mint(&known, asking.origin().clone(), request, lang))
    }

    /// Asks the memory, then the database; tells whether that was asked.
    async fn known(&self, asking: &Cx, hash: [u8; 32]) -> Result<(Arc<Known>, bool), TokenFault> {
        let forgotten = self.accounts().forgotten();
        let before = match self.recognised().get(&hash, self.db().now()) {
            Ok(known) if known.forgotten == forgotten => return Ok((known, false)),
            Ok(_) => None,
            Err(before) => Some(before),
        };
        let (accounts, objects) = (self.accounts().clone(), self.objects().cloned());
        let finding =
            self.db().read(asking, move |tx| recognise(tx, (&accounts, objects.as_deref()), (hash, forgotten)));
        let known = Arc::new(finding.await?);
        if let Some(before) = before {
            self.recognised().put(before, hash, known.user, Arc::clone(&known));
        }
        Ok((known, true))
    }

    /// Writes down when and from where a token was used.
    async fn used(&self, asking: &Cx, known: &Known) -> Result<(), TokenFault> {
        if known.used_at.is_some_and(|used_at| self.db().now().since(used_at) < USED_EVERY) {
            return Ok(());
        }
        let (id, whose) = (known.token, (known.subject, known.token));
        let from =
            asking.origin().ip.map(|ip| seal(&self.vault(), whose, FROM, ip.to_string().as_bytes())).transpose()?;
        Ok(self.db().write(asking, move |tx| store::used(tx, id, from)).await?)
    }

    /// A token that is used from a network it is not for has been taken, or moved: its owner is told.
    async fn elsewhere(&self, asking: &Cx, known: &Known) -> Result<(), AccountFault> {
        let (vault, id, hint, whose) = (self.vault(), known.token, known.hint.clone(), (known.user, known.subject));
        let telling = self.db().write(asking, move |tx| -> Result<(), AccountFault> {
            tx.note(Line::denied(verbs::SIGN_IN_FAILED, object::token(), "other-network").about(id));
            let since = tx.now().minus(WARNED_EVERY);
            if store::warn(tx, id, since)? {
                notices::tell(tx, &vault, whose.0, whose.1, &Notice::new(Kind::TokenElsewhere).what(hint))?;
            }
            Ok(())
        });
        telling.await
    }

    /// Asks for the proof of the key that a token is bound to, and takes each proof once.
    async fn proven(&self, asking: &Cx, known: &Known, presented: &Presented<'_>) -> Result<(), TokenFault> {
        let (outcome, id) = match (presented, known.bound) {
            (Presented::Bearer(_), None) => return Ok(()),
            // A proof of nothing: the client believes in a protection that is not there.
            (Presented::Dpop { .. }, None) => return Err(TokenFault::Refused),
            (Presented::Bearer(_), Some(_)) => (Err(TokenFault::Unproven), None),
            (Presented::Dpop { proof: None, .. }, Some(_)) => (Err(TokenFault::Proof("missing")), None),
            (Presented::Dpop { token, proof: Some(proof), method, url }, Some(bound)) => {
                let asked = dpop::Asked { method, url, token, bound, now: self.db().now() };
                match dpop::judge(proof, &asked) {
                    Ok(id) => (Ok(()), Some(id)),
                    Err(fault) => (Err(fault.into()), None),
                }
            }
        };
        let (token, why) = (known.token, why(&outcome));
        let taking = self.db().write(asking, move |tx| -> Result<bool, AccountFault> {
            let forget = tx.now().minus(dpop::REMEMBERED);
            let first = match id {
                Some(id) => store::take_proof(tx, id, forget)?,
                None => true,
            };
            if let Some(why) = why.or((!first).then_some("replayed")) {
                tx.note(Line::denied(verbs::SIGN_IN_FAILED, object::token(), why).about(token));
            }
            Ok(first)
        });
        if taking.await? { outcome } else { Err(TokenFault::Proof("replayed")) }
    }
}

/// Returns the word for the ledger.
const fn why(outcome: &Result<(), TokenFault>) -> Option<&'static str> {
    match outcome {
        Err(TokenFault::Proof(why)) => Some(why),
        Err(TokenFault::Unproven) => Some("unproven"),
        _ => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "a home of authentication: the token's hash was found just now")]
fn mint(known: &Known, origin: Origin, request: RequestId, lang: Lang) -> Cx {
    let identity = Identity {
        actor: ActorRef::Token { token: known.token, user: known.user },
        person: Some(known.user),
        session: None,
        rights: Arc::clone(&known.rights),
    };
    Cx::mint(identity, origin, request, lang)
}
