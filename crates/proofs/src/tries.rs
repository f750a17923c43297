//! How many tries to sign in are heard (NIST SP 800-63B-4 §3.2.2).
//!
//! A try is counted before it is checked, so that two hundred at once count as two hundred. Counting is by the e-mail address
//! tried, whether anybody has it or not, and by the network asking; in a browser that somebody has signed in with, by that
//! browser alone, so that guesses from elsewhere do not keep the owner out. It never locks anybody out: a window that is over counts
//! no more, and tries that were not heard do not prolong it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use kernel::Timestamp;

/// So many tries are heard in one window.
pub const TRIES: i64 = 10;
/// How long a window is, from its first try.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A window of tries.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// When its first try was.
    pub started_at: Timestamp,
    /// How many there were, the present one included.
    pub tries: i64,
}

impl Window {
    /// Returns how long to wait if the try that was just counted is one too many.
    pub fn wait(self, now: Timestamp) -> Option<Duration> {
        (self.tries > TRIES).then(|| self.started_at.plus(WINDOW).since(now).max(Duration::from_secs(1)))
    }

    /// Tells whether an unheard try gets a ledger line: the first, then ever fewer, so that a flood does not fill the ledger.
    pub fn worth_a_line(self) -> bool {
        let beyond = self.tries - TRIES;
        beyond.checked_ilog10().is_some_and(|power| beyond == 10_i64.pow(power))
    }
}

/// Returns the network an address belongs to, as it is counted: /24, and /64, of which one customer has a whole.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_are_heard_and_the_eleventh_waits_for_the_window_to_end() {
        let start = Timestamp::from_micros(0);
        let after = |tries, seconds| Window { started_at: start, tries }.wait(start.plus(Duration::from_secs(seconds)));
        assert_eq!(after(10, 0), None);
        assert_eq!(after(11, 0), Some(WINDOW));
        assert_eq!(after(5_000, 600), Some(Duration::from_secs(300)));
        assert_eq!(after(11, 900), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_flood_leaves_few_lines() {
        let lines = |most| {
            (1..=most).filter(|tries| Window { started_at: Timestamp::from_micros(0), tries: *tries }.worth_a_line())
        };
        assert_eq!(lines(10).count(), 0);
        assert_eq!(lines(2_000).collect::<Vec<_>>(), [11, 20, 110, 1_010]);
    }

    #[test]
    fn neighbours_count_as_one_network() {
        for (one, other, same) in [
            ("203.0.113.7", "203.0.113.250", true),
            ("203.0.113.7", "203.0.114.7", false),
            ("::ffff:203.0.113.7", "203.0.113.9", true),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ] {
            let [one, other]: [IpAddr; 2] = [one, other].map(|ip| ip.parse().unwrap());
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
    }
}
