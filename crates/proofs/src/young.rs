//! When a new passkey counts as one, and when its count goes on.

use std::time::Duration;

use kernel::Timestamp;

/// How long a passkey that nobody vouches for counts as no more than a second factor: time for its owner to hear of it.
pub const WAITS: Duration = Duration::from_secs(24 * 60 * 60);

/// What vouches for a new passkey.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vouched {
    /// The person proved just now, with another, who they are.
    pub passkey: bool,
    /// The account is as young as a passkey waits.
    pub joining: bool,
    /// The browser has been known for longer than that.
    pub device: bool,
}

/// Returns from when a new passkey counts as one; nothing if at once. A session that somebody relayed rests on a password
/// and a code, and the browser it lives in has been known for minutes: a passkey made in it is not the owner's.
#[must_use]
pub fn counts_from(vouched: Vouched, now: Timestamp) -> Option<Timestamp> {
    let Vouched { passkey, joining, device } = vouched;
    (!(passkey || joining || device)).then(|| now.plus(WAITS))
}

/// Tells whether a count goes on (WebAuthn Level 3 §6.1.1). Devices that sync their keys do not count and always say 0.
#[must_use]
pub const fn goes_on(stored: u32, presented: u32) -> bool {
    presented > stored || (stored == 0 && presented == 0)
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
}
