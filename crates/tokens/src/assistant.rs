//! Tokens that an AI assistant asks with.

use authz::{Cx, Denied, Verb};
use ledger::{ActorRef, Line, verbs};

use crate::{TokenFault, Tokens, rules, store};

impl Tokens {
    /// Lets a program through the door for assistants, if its token was made for it.
    ///
    /// # Errors
    /// Forbidden, with a line, to every other token: what was made for a program is not to be talked into anything.
    pub async fn admit_assistant(&self, cx: &Cx) -> Result<(), TokenFault> {
        let accounts = self.accounts().clone();
        let asking = self.db().read(cx, move |tx| -> Result<(), accounts::AccountFault> {
            let ActorRef::Token { token, user } = tx.cx().actor() else { return Err(Denied::Hidden.into()) };
            let subject = accounts.subject_of(tx, user)?;
            let known = store::known(tx, token)?.map(|known| known.terms(&accounts.vault(), subject)).transpose()?;
            if known.flatten().is_some_and(|terms| terms.is_for_assistants()) {
                return Ok(());
            }
            let object = identity::object::token();
            tx.note_denial(Line::denied(verbs::READ, object, rules::ASSISTANT).about(token));
            Err(Denied::Forbidden(Verb::Read).into())
        });
        Ok(asking.await?)
    }
}
