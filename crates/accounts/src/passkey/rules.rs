//! Decisions about passkeys, without clock or database.

use crate::AccountFault;
use crate::input::Findings;

/// The longest name of a passkey.
const LONGEST: usize = 60;

/// The most passkeys a person has: more than they can tell apart keep nobody in, and each is one more way in.
const MOST: usize = 20;

/// Refuses one more passkey than there may be.
pub(super) fn room(has: usize) -> Result<(), AccountFault> {
    if has < MOST { Ok(()) } else { Err(AccountFault::wrong("name", "passkeys-enough")) }
}

/// Takes the name of a passkey.
pub(super) fn name(typed: &str) -> Result<String, AccountFault> {
    let mut findings = Findings::default();
    findings.line("name", typed, LONGEST).ok_or_else(|| findings.fault())
}

/// What a person has besides the passkey that would go.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    /// Whether they have a password.
    pub(super) password: bool,
    /// Whether that password is too short to stand alone.
    pub(super) leans: bool,
    /// Whether another factor is asked for beside the password.
    pub(super) factor: bool,
    /// Whether another passkey signs them in.
    pub(super) passkey: bool,
}

/// Refuses to remove the last way to sign in, and what a short password leans on.
pub(super) const fn may_go(rest: Rest) -> Result<(), AccountFault> {
    if !rest.password && !rest.passkey {
        return Err(AccountFault::LastFactor);
    }
    if rest.password && rest.leans && !rest.factor { Err(AccountFault::PasswordLeans) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_way_in_stays() {
        let rest = |password, leans, factor, passkey| may_go(Rest { password, leans, factor, passkey });
        assert!(rest(true, false, false, false).is_ok() && rest(false, false, true, true).is_ok());
        assert!(matches!(rest(false, false, false, false), Err(AccountFault::LastFactor)));
        assert!(matches!(rest(false, false, true, false), Err(AccountFault::LastFactor)));
    }

    #[test]
    fn a_short_password_keeps_what_it_leans_on() {
        let rest = |leans, factor| may_go(Rest { password: true, leans, factor, passkey: false });
        assert!(rest(true, true).is_ok() && rest(false, false).is_ok());
        assert!(matches!(rest(true, false), Err(AccountFault::PasswordLeans)));
    }

    #[test]
    fn there_is_an_end_to_passkeys() {
        assert!(room(0).is_ok() && room(19).is_ok() && room(20).is_err());
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name(" Laptop ").ok().as_deref(), Some("Laptop"));
        for wrong in ["", "  ", "a\nb", "a\u{0}", &"a".repeat(LONGEST + 1)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
