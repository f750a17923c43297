//! Who was recognised within the last second (`binding::Memory`).

use std::sync::atomic::{AtomicU64, Ordering};

use binding::Memory;
use kernel::{SessionId, UserId};

use super::authenticate::Recognition;

/// What this process remembers.
#[derive(Default)]
pub(crate) struct Recognised {
    pub(crate) sessions: Memory<SessionId, Recognition>,
    forgotten: AtomicU64,
}

impl Recognised {
    /// Forgets a person's sessions, and lets the crates above know that they have to ask again.
    pub(crate) fn forget_user(&self, user: UserId) {
        self.sessions.forget(|_, whose| whose == user);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }

    /// Does the same with everybody's.
    pub(crate) fn forget_everybody(&self) {
        self.sessions.forget(|_, _| true);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }
}
