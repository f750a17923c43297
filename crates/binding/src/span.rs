//! How long a session lives.

use std::time::Duration;

use kernel::Timestamp;

/// A session ends when it was not used for this long (OWASP ASVS 5.0 V7.3.1).
const IDLE: Duration = Duration::from_secs(30 * 60);
/// A session ends this long after its sign-in, however much it is used (V7.3.2).
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
/// The same where nothing ties the session to a browser, so that a copy of its cookie is as good as the cookie.
const IDLE_UNTIED: Duration = Duration::from_secs(10 * 60);
/// There it ends this long after its sign-in.
const LONGEST_UNTIED: Duration = Duration::from_secs(2 * 60 * 60);
/// There a proof lasts for dangerous acts only this long.
pub const PROOF_UNTIED: Duration = Duration::from_secs(2 * 60);
/// Its use is written down at most this often, so that reading does not cost a write each time.
pub const SEEN_EVERY: Duration = Duration::from_secs(60);

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When, if it is not used again.
    pub idle_until: Timestamp,
    /// When, however much it is used.
    pub until: Timestamp,
    /// Whether the session is tied to a browser.
    pub tied: bool,
}

impl Span {
    /// Starts the span of a session.
    #[must_use]
    pub fn start(now: Timestamp, tied: bool) -> Self {
        let longest = if tied { LONGEST } else { LONGEST_UNTIED };
        Self { idle_until: now, until: now.plus(longest), tied }.used(now)
    }

    /// Returns the span after the session was used.
    #[must_use]
    pub fn used(self, now: Timestamp) -> Self {
        let idle = if self.tied { IDLE } else { IDLE_UNTIED };
        Self { idle_until: now.plus(idle).min(self.until), ..self }
    }

    /// Tells whether the session lives.
    #[must_use]
    pub fn lives(self, now: Timestamp) -> bool {
        now < self.idle_until && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_prolongs_a_session_but_not_beyond_its_longest_life() {
        let start = Timestamp::from_micros(0);
        let after = |minutes: u64| start.plus(Duration::from_secs(minutes * 60));
        let span = Span::start(start, true);
        assert!(span.lives(after(29)) && !span.lives(after(30)));
        let used = span.used(after(29));
        assert!(used.lives(after(58)) && !used.lives(after(59)));
        let late = span.used(after(719));
        assert!(late.lives(after(719)) && !late.lives(after(720)));
        assert_eq!(late.until, span.until);
    }

    #[test]
    fn a_session_that_is_tied_to_no_browser_is_shorter() {
        let start = Timestamp::from_micros(0);
        let after = |minutes: u64| start.plus(Duration::from_secs(minutes * 60));
        let span = Span::start(start, false);
        assert!(span.lives(after(9)) && !span.lives(after(10)));
        let late = span.used(after(119));
        assert!(late.lives(after(119)) && !late.lives(after(120)));
    }
}
