//! What a person's factors mean together.

use super::{Factor, Kind};

/// Tells whether there is a factor that a password can lean on. Recovery codes only stand in for one.
pub(crate) fn is_asked_for(factors: &[Factor]) -> bool {
    factors.iter().any(|factor| matches!(factor.kind, Kind::Totp | Kind::Passkey))
}

/// Tells whether the password alone opens nothing: there is an app, or the password is so short that it leans on a passkey.
/// Whoever has a passkey and a long password signs in with either.
pub(crate) fn is_asked_after_password(factors: &[Factor], leans: bool) -> bool {
    let has = |kind| factors.iter().any(|factor| factor.kind == kind);
    has(Kind::Totp) || (leans && has(Kind::Passkey))
}
