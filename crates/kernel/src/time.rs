//! Moments, and the clock as a parameter.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

fn micros_of(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl Timestamp {
    /// Takes microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns the moment `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(span)))
    }

    /// Returns the moment `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(span)))
    }

    /// Returns the time that passed since `earlier`; zero if it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Returns RFC 3339 text in UTC with whole seconds.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.0.div_euclid(1_000_000)).map_or_else(|_| String::new(), |t| t.to_string())
    }

    /// Takes RFC 3339 text with any offset.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }

    /// Returns the calendar day in UTC.
    #[must_use]
    pub fn date(self) -> crate::Date {
        crate::Date::from_days(i32::try_from(self.0.div_euclid(86_400_000_000)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The machine's wall clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one door to the wall clock")]
    fn now(&self) -> Timestamp {
        let span = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(micros_of(span))
    }
}

/// A clock that stands until it is moved.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stops the clock at `at`.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(micros_of(span), Ordering::SeqCst);
    }

    /// Sets the clock, backwards too.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trips() {
        let at = Timestamp::parse_rfc3339("2026-11-24T08:30:00+08:00").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-11-24T00:30:00Z");
        assert_eq!(at.date().to_string(), "2026-11-24");
    }

    #[test]
    fn a_fixed_clock_moves_only_when_moved() {
        let clock = FixedClock::at(Timestamp::from_micros(0));
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now().micros(), 2_000_000);
    }
}
