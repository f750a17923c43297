//! Decisions about passkeys, without clock or database.

use std::time::Duration;

use kernel::Timestamp;

use crate::AccountFault;
use crate::input::Findings;

/// The longest name of a passkey.
const LONGEST: usize = 60;

/// How long a passkey that nobody vouches for counts as no more than a second factor: time for its owner to hear of it.
pub(super) const WAITS: Duration = Duration::from_secs(24 * 60 * 60);

/// What vouches for a new passkey.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Vouched {
    /// The person proved just now, with another, who they are.
    pub(super) passkey: bool,
    /// The account is as young as a passkey waits.
    pub(super) joining: bool,
    /// The browser has been known for longer than that.
    pub(super) device: bool,
}

/// Returns from when a new passkey counts as one; nothing if at once. A session that somebody relayed rests on a password
/// and a code, and the browser it lives in has been known for minutes: a passkey made in it is not the owner's.
pub(super) fn counts_from(vouched: Vouched, now: Timestamp) -> Option<Timestamp> {
    let Vouched { passkey, joining, device } = vouched;
    (!(passkey || joining || device)).then(|| now.plus(WAITS))
}

/// Tells whether a count goes on (WebAuthn Level 3 §6.1.1). Devices that sync their keys do not count and always say 0.
pub(super) const fn goes_on(stored: u32, presented: u32) -> bool {
    presented > stored || (stored == 0 && presented == 0)
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
    fn a_count_goes_on_or_stays_nought() {
        for (stored, presented, good) in
            [(0, 0, true), (0, 1, true), (1, 2, true), (7, 7, false), (7, 6, false), (7, 0, false)]
        {
            assert_eq!(goes_on(stored, presented), good, "{stored} {presented}");
        }
    }

    #[test]
    fn a_passkey_that_nobody_vouches_for_waits_a_day() {
        let now = Timestamp::from_micros(0);
        assert_eq!(counts_from(Vouched::default(), now), Some(now.plus(WAITS)));
        for vouched in [
            Vouched { passkey: true, ..Vouched::default() },
            Vouched { joining: true, ..Vouched::default() },
            Vouched { device: true, ..Vouched::default() },
        ] {
            assert_eq!(counts_from(vouched, now), None, "{vouched:?}");
        }
    }

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
    fn a_name_is_one_short_line() {
        assert_eq!(name(" Laptop ").ok().as_deref(), Some("Laptop"));
        for wrong in ["", "  ", "a\nb", "a\u{0}", &"a".repeat(LONGEST + 1)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }
}
