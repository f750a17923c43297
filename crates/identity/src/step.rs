//! A sign-in between its steps.

use kernel::ChallengeId;

/// The second step of a sign-in that waits.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What the answer names. It is good once, for five minutes from the password on.
    pub id: ChallengeId,
    /// Whether the person has a passkey, which needs no password.
    pub passkey: bool,
    /// Whether a code was given just now and was wrong.
    pub wrong: bool,
}
