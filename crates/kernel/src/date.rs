//! Calendar days without a time or a zone: a close date is the same day everywhere.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// Makes a day, if the calendar has it.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Takes `YYYY-MM-DD`.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        if text.len() != 10 {
            return None;
        }
        text.parse().ok().map(Self)
    }

    /// Returns days since 1970-01-01, the stored form.
    #[must_use]
    pub fn days(self) -> i32 {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.until(self.0).map_or(0, |span| span.get_days())
    }

    /// Takes days since 1970-01-01; days the calendar does not reach become its edge.
    #[must_use]
    pub fn from_days(days: i32) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self(epoch.saturating_add(jiff::SignedDuration::from_hours(i64::from(days).saturating_mul(24))))
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Returns the day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip_across_leap_years() {
        for text in ["1900-03-01", "1969-12-31", "1970-01-01", "2024-02-29", "2100-12-31"] {
            let date = Date::parse_iso(text).unwrap();
            assert_eq!(Date::from_days(date.days()), date);
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn a_day_that_is_not_in_the_calendar_is_refused() {
        assert_eq!(Date::new(2023, 2, 29), None);
        assert_eq!(Date::parse_iso("2023-13-01"), None);
    }
}
