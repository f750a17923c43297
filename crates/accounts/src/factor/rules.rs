//! What a person's factors mean together.

use super::{Factor, Kind};

/// Tells whether there is a factor that is asked for beside the password. Recovery codes only stand in for one.
pub(crate) fn is_asked_for(factors: &[Factor]) -> bool {
    factors.iter().any(|factor| matches!(factor.kind, Kind::Totp | Kind::Passkey))
}
