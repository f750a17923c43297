//! Tokens that an AI assistant asks with.

use authz::{Cx, Verb};

use crate::{TokenFault, Tokens, rules};

impl Tokens {
    /// Lets a program through the door for assistants, if its token was made for it; tells whether it may propose changes.
    ///
    /// # Errors
    /// Forbidden, with a line, to every other token: what was made for a program is not to be talked into anything.
    pub async fn admit_assistant(&self, cx: &Cx) -> Result<bool, TokenFault> {
        Ok(self.admit_for(cx, rules::ASSISTANT.to_owned(), Verb::Read).await?.proposes())
    }
}
