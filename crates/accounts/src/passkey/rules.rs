//! Decisions about passkeys, without clock or database.

use crate::AccountFault;
use crate::input::Findings;

/// The longest name of a passkey.
const LONGEST: usize = 60;

/// Tells whether a count goes on (WebAuthn Level 3 §6.1.1). Devices that sync their keys do not count and always say 0.
pub(super) const fn goes_on(stored: u32, presented: u32) -> bool {
    presented > stored || (stored == 0 && presented == 0)
}

/// Takes the name of a passkey.
pub(super) fn name(typed: &str) -> Result<String, AccountFault> {
    let mut findings = Findings::default();
    findings.line("name", typed, LONGEST).ok_or_else(|| findings.fault())
}

/// Refuses to remove the last way to sign in: a password, or another passkey that is not suspended.
pub(super) const fn may_go(has_password: bool, others: usize) -> Result<(), AccountFault> {
    if has_password || others > 0 { Ok(()) } else { Err(AccountFault::LastFactor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_goes_on_or_stays_nought() {
        for (stored, presented, good) in
            [(0, 0, true), (0, 1, true), (1, 2, true), (7, 7, false), (7, 6, false), (7, 0, false)]
        {
            assert_eq!(goes_on(stored, presented), good, "{stored} {presented}");
        }
    }

    #[test]
    fn the_last_way_in_stays() {
        assert!(may_go(true, 0).is_ok() && may_go(false, 1).is_ok());
        assert!(matches!(may_go(false, 0), Err(AccountFault::LastFactor)));
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(name(" Laptop ").ok().as_deref(), Some("Laptop"));
        for wrong in ["", "  ", "a\nb", "a\u{0}", &"a".repeat(LONGEST + 1)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
