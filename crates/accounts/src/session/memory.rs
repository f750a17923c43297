//! Who was recognised within the last second (`binding::Memory`).

use binding::Memory;
use kernel::{SessionId, UserId};

use super::authenticate::Recognition;
use crate::token::Bearer;

/// What this process remembers.
#[derive(Default)]
pub(crate) struct Recognised {
    pub(crate) sessions: Memory<SessionId, Recognition>,
    pub(crate) tokens: Memory<[u8; 32], Bearer>,
}

impl Recognised {
    /// Forgets a person's sessions and tokens.
    pub(crate) fn forget_user(&self, user: UserId) {
        self.sessions.forget(|_, whose| whose == user);
        self.tokens.forget(|_, whose| whose == user);
    }
}
