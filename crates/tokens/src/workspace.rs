//! What a token can be made for beside records: to see what the workspace itself is made of.

use accounts::AccountFault;
use authz::{Cx, Denied, Verb};
use db::ReadTx;
use identity::object;
use kernel::Fault as _;
use ledger::{ActorRef, Line, verbs};

use crate::model::Terms;
use crate::{TokenFault, TokenView, Tokens, store};

/// Among what a token is for: every action of the API on every object, also one that is made later. A token that names nothing is for
/// the same. It is a word of its own so that something of the workspace can be named beside it.
pub const EVERYTHING: &str = "everything";

/// What of the workspace a token can be made for. None of it is part of everything: a token that was made to work with records shall
/// not begin to tell who works here, because its owner may know.
pub const OF_WORKSPACE: [(&str, Verb); 6] = [
    ("user", Verb::Read),
    ("role", Verb::Read),
    ("team", Verb::Read),
    ("token", Verb::Read),
    ("token", Verb::Delete),
    ("ledger", Verb::Read),
];

/// Tells whether a scope is of the workspace itself.
#[must_use]
pub fn is_of_workspace(scope: &str) -> bool {
    scope.split_once(':').is_some_and(|(object, verb)| is_known(object, Verb::parse(verb)))
}

/// Tells whether this can be named.
pub(crate) fn is_known(object: &str, verb: Option<Verb>) -> bool {
    verb.is_some_and(|verb| OF_WORKSPACE.contains(&(object, verb)))
}

impl Tokens {
    /// Returns the token that asks; a line says so.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] (hidden) if whoever asks has none.
    pub fn presented(&self, tx: &ReadTx<'_>) -> Result<TokenView, AccountFault> {
        let ActorRef::Token { token, user } = tx.cx().actor() else { return Err(Denied::Hidden.into()) };
        let (accounts, known) = (self.accounts(), store::known(tx, token)?.ok_or(Denied::Hidden)?);
        tx.note(Line::done(verbs::READ, object::token()).about(token));
        known.view(&accounts.vault(), accounts.subject_of(tx, user)?, tx.now())
    }

    /// Lets a program through the door to something of the workspace, if its token names it. What its owner may see there the policy
    /// says behind the door, as it does of a person.
    ///
    /// # Errors
    /// Forbidden, with a line, to every other token, and to whoever asks without one.
    pub async fn admit(&self, cx: &Cx, object: &'static str, verb: Verb) -> Result<(), TokenFault> {
        self.admit_for(cx, format!("{object}:{}", verb.name()), verb).await.map(|_| ())
    }

    /// Lets a program through that was made for `scope`, and returns the terms of its token.
    pub(crate) async fn admit_for(&self, cx: &Cx, scope: String, verb: Verb) -> Result<Terms, TokenFault> {
        let accounts = self.accounts().clone();
        let asking = self.db().read(cx, move |tx| -> Result<Terms, AccountFault> {
            let ActorRef::Token { token, user } = tx.cx().actor() else { return Err(Denied::Hidden.into()) };
            let subject = accounts.subject_of(tx, user)?;
            let known = store::known(tx, token)?.map(|known| known.terms(&accounts.vault(), subject)).transpose()?;
            if let Some(terms) = known.flatten().filter(|terms| terms.names(&scope)) {
                return Ok(terms);
            }
            let denied = Denied::Forbidden(verb);
            let line = Line::denied(verbs::READ, object::token(), denied.code()).about(token);
            tx.note_denial(line.fact("scope", scope));
            Err(denied.into())
        });
        Ok(asking.await?)
    }
}
