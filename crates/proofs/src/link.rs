//! What a one-time link is for.

use std::time::Duration;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To set up the workspace, at first run.
    Setup,
    /// To join the workspace.
    Join,
    /// To sign in without a password; printed by `custos demo` only.
    SignIn,
}

impl Purpose {
    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Join => "join",
            Self::SignIn => "signin",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Setup, Self::Join, Self::SignIn].into_iter().find(|purpose| purpose.code() == code)
    }

    /// Returns how long a link is good for: what is printed to a terminal is used at once, an invitation waits for a person.
    #[must_use]
    pub const fn lasts(self) -> Duration {
        match self {
            Self::Setup | Self::SignIn => Duration::from_secs(30 * 60),
            Self::Join => Duration::from_secs(72 * 60 * 60),
        }
    }
}
