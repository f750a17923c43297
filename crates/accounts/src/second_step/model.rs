//! What is asked, and what is answered.

use crypto::Secret;
use kernel::Timestamp;

/// The answer to the second step.
pub struct CodeSignIn {
    /// The id of the step.
    pub step: String,
    /// The code as typed: of the app, or a recovery code.
    pub code: Secret<String>,
    /// The session cookie the browser holds already, if it does: it is replaced.
    pub previous: Option<String>,
    /// The cookie of a browser that somebody has signed in with before, if it holds one.
    pub device: Option<String>,
}

/// A person's own second factors besides passkeys.
#[derive(Clone, Copy, Debug, Default)]
pub struct FactorsView {
    /// Whether there is a password.
    pub password: bool,
    /// Whether there is a passkey that counts as one.
    pub passkey: bool,
    /// Since when there is an app, and when a code of it was used last.
    pub totp: Option<(Timestamp, Option<Timestamp>)>,
    /// How many recovery codes are good; nothing if there never were any.
    pub recovery: Option<usize>,
    /// Whether a sign-in with the password asks for more.
    pub asked_for: bool,
}
