//! What the values of a column look like.

use kernel::{Email, Phone, text};

use super::Kind;
use crate::value::{DateOrder, DecimalMark, ValueFault, is_blank, parse_amount, parse_bool, parse_moment};

/// How many of a column's samples look like what.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    filled: usize,
    seen: usize,
    emails: usize,
    phones: usize,
    urls: usize,
    dates: usize,
    numbers: usize,
    bools: usize,
    countries: usize,
}

impl Evidence {
    pub(super) fn of<'a>(samples: impl Iterator<Item = &'a String>) -> Self {
        let mut evidence = Self::default();
        for sample in samples {
            evidence.seen += 1;
            if is_blank(sample) {
                continue;
            }
            evidence.filled += 1;
            evidence.emails += usize::from(is_email(sample));
            evidence.phones += usize::from(is_phone(sample));
            evidence.urls += usize::from(is_url(sample));
            evidence.dates += usize::from(is_date(sample));
            evidence.numbers += usize::from(parse_amount(sample, DecimalMark::Point).is_ok());
            evidence.bools += usize::from(parse_bool(sample).is_ok());
            evidence.countries += usize::from(is_country(sample));
        }
        evidence
    }

    /// Tells whether most values are countries.
    pub(super) const fn countries(&self) -> bool {
        self.countries * 2 > self.filled
    }

    /// Returns what the values add to, or take from, a match by name.
    pub(super) fn bears(&self, kind: Kind) -> i32 {
        if self.seen == 0 {
            return 0;
        }
        if self.filled == 0 {
            return -12;
        }
        let percent = |count: usize| i32::try_from(count * 100 / self.filled).unwrap_or(0);
        let judged = |count: usize, gain: i32, loss: i32| match percent(count) {
            60.. => gain,
            30..60 => 0,
            _ => -loss,
        };
        match kind {
            Kind::Email => judged(self.emails, 8, 60),
            Kind::Phone => judged(self.phones, 6, 40),
            Kind::Url => judged(self.urls, 6, 30),
            Kind::Date => judged(self.dates, 6, 50),
            Kind::Number | Kind::Money => judged(self.numbers, 4, 50),
            Kind::Bool => judged(self.bools, 4, 40),
            Kind::Text | Kind::List if percent(self.emails) >= 60 => -20,
            Kind::Text | Kind::List => 0,
        }
    }

    /// Returns how far values alone, without a name, speak for a kind.
    pub(super) fn alone(&self, kind: Kind) -> i32 {
        let nearly_all = |count: usize| self.filled > 1 && count * 10 >= self.filled * 8;
        match kind {
            Kind::Email if nearly_all(self.emails) => 60,
            Kind::Url if nearly_all(self.urls) => 54,
            Kind::Phone if nearly_all(self.phones) && !nearly_all(self.numbers) => 52,
            _ => 0,
        }
    }
}

/// Tells whether a cell is evidently a value and no name of a column.
pub(super) fn is_data(cell: &str) -> bool {
    is_email(cell)
        || is_url(cell)
        || is_phone(cell)
        || parse_amount(cell, DecimalMark::Point).is_ok()
        || matches!(parse_moment(cell, DateOrder::DayFirst), Ok(_) | Err(ValueFault::DateOrder | ValueFault::YearAlone))
}

fn is_email(cell: &str) -> bool {
    cell.len() <= 320 && Email::parse(cell.trim()).is_ok()
}

fn is_phone(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits >= 7 && cell.len() <= 60 && !is_date(cell) && Phone::parse(cell).is_ok()
}

fn is_url(cell: &str) -> bool {
    let folded = cell.trim().get(..8).unwrap_or(cell.trim()).to_ascii_lowercase();
    let schemed = folded.starts_with("http://") || folded.starts_with("https://") || folded.starts_with("www.");
    schemed && !cell.trim().contains(char::is_whitespace)
}

fn is_date(cell: &str) -> bool {
    let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
    orders.into_iter().any(|order| parse_moment(cell, order).is_ok())
}

/// Countries often met; enough to tell a column of countries from one of cities.
fn is_country(cell: &str) -> bool {
    const COUNTRIES: &str = include_str!("countries.txt");
    let folded = text::fold(cell.trim());
    cell.len() <= 40 && COUNTRIES.lines().any(|name| name == folded)
}
