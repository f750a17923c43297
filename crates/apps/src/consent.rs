//! Somebody is asked by an app, and agrees.

use std::time::Duration;

use authz::{Cx, Denied};
use crypto::{LinkToken, Secret};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{ActorRef, Line};

use crate::model::{self, App, AppId, Code};
use crate::{AppFault, Apps, rules, store};

/// Somebody gave an app access; the verb of the line.
const CONSENT: &str = "app-consent";
/// A code is good for so long.
const LASTS: Duration = Duration::from_secs(60);
/// What an app may want back, in characters.
const LONGEST_STATE: usize = 1_000;

/// What an app sends somebody here with (RFC 6749 §4.1.1, RFC 7636 §4.3).
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// `response_type`.
    pub kind: String,
    /// `client_id`.
    pub client: String,
    /// `redirect_uri`.
    pub redirect: String,
    /// `scope`.
    pub scope: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `code_challenge`.
    pub challenge: String,
    /// `code_challenge_method`.
    pub method: String,
}

/// What somebody is asked.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The app.
    pub app: App,
    /// What it would be allowed.
    pub scopes: Vec<String>,
    challenge: [u8; 32],
}

/// Returns the person at a browser.
fn there(cx: &Cx) -> Result<UserId, Denied> {
    match (cx.actor(), cx.session()) {
        (ActorRef::User(user), Some(_)) => Ok(user),
        _ => Err(Denied::Hidden),
    }
}

impl Apps {
    /// Finds the app and the address it wants to be answered at. Until that is known nobody is led anywhere.
    fn asking(&self, tx: &ReadTx<'_>, wish: &Wish) -> Result<App, AppFault> {
        let _ = there(tx.cx())?;
        let id: AppId = wish.client.parse().map_err(|_| AppFault::Unknown)?;
        let app = store::find(tx, id)?.ok_or(AppFault::Unknown)?.open(&self.vault)?;
        let known = app.ended_at.is_none() && app.addresses.contains(&wish.redirect);
        if known { Ok(app) } else { Err(AppFault::Unknown) }
    }

    fn judge(&self, tx: &ReadTx<'_>, wish: &Wish) -> Result<Consent, AppFault> {
        let app = self.asking(tx, wish)?;
        if wish.kind != "code" {
            return Err(AppFault::Refused("unsupported_response_type"));
        }
        if wish.state.as_ref().is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(AppFault::Refused("invalid_request"));
        }
        let challenge = rules::challenge(&wish.challenge, &wish.method).ok_or(AppFault::Refused("invalid_request"))?;
        let scopes = rules::asked(wish.scope.as_deref(), &app.scopes).ok_or(AppFault::Refused("invalid_scope"))?;
        Ok(Consent { app, scopes, challenge })
    }

    /// Returns what somebody is asked.
    ///
    /// # Errors
    /// [`AppFault::Unknown`]: nobody is led back. [`AppFault::Refused`]: the app is told. [`AppFault::Denied`] unless a person is there.
    pub async fn look(&self, cx: &Cx, wish: &Wish) -> Result<Consent, AppFault> {
        let (its, wish) = (self.clone(), wish.clone());
        self.db.read(cx, move |tx| its.judge(tx, &wish)).await
    }

    /// Agrees, and returns the code that the browser carries to the app. Takes a fresh proof.
    ///
    /// # Errors
    /// As [`look`](Self::look); a step-up.
    pub async fn agree(&self, cx: &Cx, wish: &Wish) -> Result<Secret<String>, AppFault> {
        let (its, wish) = (self.clone(), wish.clone());
        self.db.write(cx, move |tx| its.agree_in(tx, &wish)).await
    }

    fn agree_in(&self, tx: &mut WriteTx<'_>, wish: &Wish) -> Result<Secret<String>, AppFault> {
        let user = there(tx.cx())?;
        tx.cx().dare().inspect_err(|denied| {
            tx.note_denial(Line::denied(CONSENT, model::object(), denied.code()).about(user));
        })?;
        let Consent { app, scopes, challenge } = self.judge(tx, wish)?;
        if !store::take(tx, app.id)? {
            return Err(AppFault::Unknown);
        }
        let code = LinkToken::generate(tx.chance());
        let scopes = scopes.join(" ");
        let line = Line::done(CONSENT, model::object()).about(app.id).about(user).fact("scopes", scopes.clone());
        let redirect = crypto::sha256(wish.redirect.as_bytes());
        let until = tx.now().plus(LASTS);
        let row = Code { app: app.id, user, challenge, redirect, scopes, until, token: None };
        store::insert_code(tx, self.hash(b"app code ", code.expose_bytes()), row)?;
        tx.note(line);
        Ok(Secret::new(code.reveal().to_string()))
    }

    /// Returns under which a code or what renews a token is stored.
    pub(crate) fn hash(&self, what: &[u8], secret: &[u8]) -> [u8; 32] {
        self.vault.token_hash(&[what, secret].concat())
    }
}
