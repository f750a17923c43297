//! From a code to a token, and from that to the next.

use std::time::Duration;

use authz::Cx;
use crypto::{LinkToken, Secret};
use db::WriteTx;
use kernel::TokenId;
use ledger::Line;
use tokens::{Issue, NewToken};

use crate::model::{self, AppId, Code};
use crate::{AppFault, Apps, rules, store};

/// A code came; the verb of the line.
const CODE: &str = "app-code";
/// What every refusal is called: an app learns no more (RFC 6749 §5.2).
const NO: AppFault = AppFault::Refused("invalid_grant");

/// What an app is given.
pub struct Granted {
    /// The token.
    pub access: Secret<String>,
    /// What renews it, once.
    pub refresh: Secret<String>,
    /// How long the token is good for.
    pub lasts: Duration,
    /// What it may do, between blanks; told when it is made.
    pub scopes: Option<String>,
}

/// What became of it: a refusal may end something, and that is written.
type Outcome = Result<Option<Granted>, AppFault>;

impl Apps {
    /// Exchanges a code for a token of whoever agreed. A code that comes twice ends what was made of it.
    ///
    /// # Errors
    /// [`AppFault::Refused`] with `invalid_grant`, whatever is wrong.
    pub async fn exchange(
        &self,
        cx: &Cx,
        client: &str,
        (code, redirect, verifier): (&str, &str, &str),
    ) -> Result<Granted, AppFault> {
        let client: AppId = client.parse().map_err(|_| AppFault::Refused("invalid_client"))?;
        let code = LinkToken::parse(code).map_err(|_| NO)?;
        let (its, hash) = (self.clone(), self.hash(b"app code ", code.expose_bytes()));
        let (redirect, verifier) = (crypto::sha256(redirect.as_bytes()), verifier.to_owned());
        let run = self.db.write(cx, move |tx| its.exchange_in(tx, (client, hash), redirect, &verifier));
        self.told(run.await)
    }

    /// Lets what ended end here at once.
    fn told(&self, outcome: Outcome) -> Result<Granted, AppFault> {
        if let Some(granted) = outcome? {
            return Ok(granted);
        }
        self.tokens.ended();
        Err(NO)
    }

    fn exchange_in(
        &self,
        tx: &mut WriteTx<'_>,
        (client, hash): (AppId, [u8; 32]),
        redirect: [u8; 32],
        verifier: &str,
    ) -> Outcome {
        let first = store::take_code(tx, hash)?;
        let code = store::code(tx, hash)?.ok_or(NO)?;
        if !first {
            return self.twice(tx, &code);
        }
        let right = code.app == client
            && code.until > tx.now()
            && crypto::same(&code.redirect, &redirect)
            && rules::verifies(verifier, &code.challenge);
        // Whoever has the code and not the rest has stolen it: it is good for nobody any more.
        if !right || !store::take(tx, code.app)? {
            tx.note(Line::denied(CODE, model::object(), "code-refused").about(code.app).about(code.user));
            return Ok(None);
        }
        let app = store::find(tx, code.app)?.ok_or(NO)?.open(&self.vault)?;
        let scopes: Vec<String> = code.scopes.split(' ').map(str::to_owned).collect();
        let watched_until = app.watched_until();
        let issue = Issue { app: app.id.uuid(), name: &app.name, owner: code.user, scopes, watched_until };
        let Some(made) = self.tokens.issue_in(tx, issue)? else {
            tx.note(Line::denied(CODE, model::object(), "owner-gone").about(code.app).about(code.user));
            return Ok(None);
        };
        store::made_of(tx, hash, made.id)?;
        tx.note(Line::done(CODE, model::object()).about(code.app).about(code.user));
        self.granted(tx, made, Some(code.scopes)).map(Some)
    }

    fn twice(&self, tx: &mut WriteTx<'_>, code: &Code) -> Outcome {
        if let Some(token) = code.token {
            self.tokens.end_in(tx, token, "code-twice")?;
        }
        tx.note(Line::denied(CODE, model::object(), "code-twice").about(code.app).about(code.user));
        Ok(None)
    }

    fn granted(&self, tx: &mut WriteTx<'_>, made: NewToken, scopes: Option<String>) -> Result<Granted, AppFault> {
        let refresh = LinkToken::generate(tx.chance());
        store::insert_refresh(tx, self.hash(b"app refresh ", refresh.expose_bytes()), made.id)?;
        let (access, lasts) = (made.token, made.expires_at.since(tx.now()));
        Ok(Granted { access, refresh: Secret::new(refresh.reveal().to_string()), lasts, scopes })
    }

    /// Renews a token; what it was renewed with is good once, and if it comes again the token ends.
    ///
    /// # Errors
    /// [`AppFault::Refused`] with `invalid_grant`, whatever is wrong.
    pub async fn renew(&self, cx: &Cx, client: &str, refresh: &str) -> Result<Granted, AppFault> {
        let client: AppId = client.parse().map_err(|_| AppFault::Refused("invalid_client"))?;
        let refresh = LinkToken::parse(refresh).map_err(|_| NO)?;
        let (its, hash) = (self.clone(), self.hash(b"app refresh ", refresh.expose_bytes()));
        self.told(self.db.write(cx, move |tx| its.renew_in(tx, (client, hash))).await)
    }

    fn renew_in(&self, tx: &mut WriteTx<'_>, (client, hash): (AppId, [u8; 32])) -> Outcome {
        let (token, app): (TokenId, AppId) = store::refresh(tx, hash)?.ok_or(NO)?;
        if app != client {
            return Err(NO);
        }
        if !store::take_refresh(tx, hash)? {
            self.tokens.end_in(tx, token, "refresh-twice")?;
            tx.note(Line::denied(CODE, model::object(), "refresh-twice").about(app).about(token));
            return Ok(None);
        }
        let Some(made) = self.tokens.renew_in(tx, token, app.uuid())? else {
            tx.note(Line::denied(CODE, model::object(), "ended").about(app).about(token));
            return Ok(None);
        };
        self.granted(tx, made, None).map(Some)
    }
}
