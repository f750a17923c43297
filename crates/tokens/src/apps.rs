//! Tokens that apps of others hold: a token of its owner like every other, but its secret lasts for an hour and is renewed.
//!
//! The crate `apps` stands on this one and decides when; nobody else calls it.

use std::time::Duration;

use accounts::AccountFault;
use crypto::{BearerToken, Secret};
use db::{DbFault, WriteTx};
use identity::object;
use kernel::{Timestamp, TokenId, UserId, Uuid};
use ledger::{Line, verbs};
use notices::{Kind, Notice};

use crate::model::{LABEL, NewToken, TERMS, Terms, Token, seal};
use crate::{Tokens, rules, store};

/// A secret that an app holds is good for so long.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// Whoever agreed to an app is asked again after this.
const LASTS: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// What an app is given.
pub struct Issue<'a> {
    /// The app.
    pub app: Uuid,
    /// What it is called.
    pub name: &'a str,
    /// Whom it acts for, who has agreed.
    pub owner: UserId,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Until when it is new here.
    pub watched_until: Timestamp,
}

impl Tokens {
    /// Makes the token of an app; the person has agreed on a page, after a fresh proof, and is told. Nothing if they may not sign in
    /// any more.
    ///
    /// # Errors
    /// [`AccountFault`] of the machine.
    pub fn issue_in(&self, tx: &mut WriteTx<'_>, issue: Issue<'_>) -> Result<Option<NewToken>, AccountFault> {
        let Some(account) = self.accounts().owner(tx, issue.owner)? else { return Ok(None) };
        let (vault, bearer) = (self.vault(), BearerToken::generate(tx.chance()));
        let (id, fresh_until): (TokenId, _) = (tx.new_id(), tx.now().plus(FRESH));
        let (text, whose) = (Secret::new(bearer.reveal().to_string()), (account.subject, id));
        let scopes = issue.scopes.join(" ");
        let terms = Terms::new(String::new(), &[], Some(issue.scopes));
        let terms = minicbor::to_vec(terms).map_err(|_| DbFault::Mismatch)?;
        let token = Token {
            id,
            user: issue.owner,
            hint: rules::hint(text.expose()),
            label: seal(&vault, whose, LABEL, issue.name.as_bytes())?,
            created_at: tx.now(),
            expires_at: tx.now().plus(LASTS),
            used_at: None,
            revoked_at: None,
            terms: Some(seal(&vault, whose, TERMS, &terms)?),
            key: None,
            used_from: None,
            app: Some(issue.app),
            fresh_until: Some(fresh_until),
            watched_until: Some(issue.watched_until),
        };
        let notice = Notice::new(Kind::TokenMade).what(token.hint.clone());
        store::insert(tx, token, vault.token_hash(bearer.expose_bytes()))?;
        let line =
            Line::done(verbs::TOKEN_CREATE, object::token()).about(id).about(issue.owner).about_each([issue.app]);
        tx.note(line.fact("scopes", scopes));
        notices::tell(tx, &vault, issue.owner, account.subject, &notice)?;
        Ok(Some(NewToken { id, token: text, expires_at: fresh_until }))
    }

    /// Gives the token of an app another secret; the old one is good for nothing any more. Nothing if it has ended, or its owner
    /// may not sign in.
    ///
    /// # Errors
    /// [`AccountFault`] of the machine.
    pub fn renew_in(&self, tx: &mut WriteTx<'_>, id: TokenId, app: Uuid) -> Result<Option<NewToken>, AccountFault> {
        let token = store::known(tx, id)?.filter(|token| rules::standing(token, tx.now()) == crate::Standing::Good);
        let Some(token) = token else { return Ok(None) };
        if self.accounts().owner(tx, token.user)?.is_none() {
            return Ok(None);
        }
        let (vault, bearer) = (self.vault(), BearerToken::generate(tx.chance()));
        let (text, until) = (Secret::new(bearer.reveal().to_string()), tx.now().plus(FRESH).min(token.expires_at));
        let secret = (vault.token_hash(bearer.expose_bytes()), rules::hint(text.expose()));
        if !store::renew(tx, (id, app), secret, until)? {
            return Ok(None);
        }
        tx.note(Line::done(RENEW, object::token()).about(id).about(token.user).about_each([app]));
        Ok(Some(NewToken { id, token: text, expires_at: until }))
    }

    /// Ends a token that somebody else seems to have, and tells its owner. Whoever calls it lets [`Tokens::ended`] follow.
    ///
    /// # Errors
    /// [`AccountFault`] of the machine.
    pub fn end_in(&self, tx: &mut WriteTx<'_>, id: TokenId, why: &'static str) -> Result<(), AccountFault> {
        let Some(token) = store::known(tx, id)? else { return Ok(()) };
        if !store::revoke(tx, id)? {
            return Ok(());
        }
        tx.note(Line::done(verbs::TOKEN_REVOKE, object::token()).about(id).about(token.user).fact("why", why));
        let subject = self.accounts().subject_of(tx, token.user)?;
        notices::tell(tx, &self.vault(), token.user, subject, &Notice::new(Kind::TokenTwice).what(token.hint))?;
        Ok(())
    }

    /// Ends every token of an app, and returns how many. Whoever calls it leaves the line, and lets [`Tokens::ended`] follow.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn end_app_in(&self, tx: &mut WriteTx<'_>, app: Uuid) -> Result<u64, DbFault> {
        store::revoke_of_app(tx, app)
    }

    /// Forgets what was recognised a moment ago: called when it is committed that tokens ended.
    pub fn ended(&self) {
        self.recognised().forget(|_, _| true);
    }
}

/// An app renewed the secret of its token; the verb of the line.
const RENEW: &str = "token-renew";
