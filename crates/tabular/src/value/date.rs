//! Days and moments as people and systems write them.

use kernel::{Date, Timestamp, text};

use super::clock::{DAY, parse_time, whole};
use super::{ValueFault, is_blank};

/// Microseconds of a day.
const DAY_MICROS: i64 = DAY * 1_000_000;
/// Days from Excel's day 0 to 1970-01-01, for serial numbers after its day 60, which the calendar does not have.
const EXCEL: i64 = 25_569;
/// The serial number of 9999-12-31.
const EXCEL_LAST: i64 = 2_958_465;

/// A day, or a moment on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A day without a time.
    Day(Date),
    /// A moment; a time written without a zone is UTC.
    At(Timestamp),
}

impl Moment {
    /// Returns the day, in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::At(at) => at.date(),
        }
    }

    /// Returns the moment; of a day its start in UTC.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        match self {
            Self::Day(date) => Timestamp::from_micros(i64::from(date.days()) * DAY_MICROS),
            Self::At(at) => at,
        }
    }
}

/// Whether the day or the month comes first where both are numbers and the year is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// `31/01/2024`, as in most of the world.
    DayFirst,
    /// `01/31/2024`, as in the United States.
    MonthFirst,
}

impl DateOrder {
    /// Looks for the order in samples of a column; nothing when none tells, or as many tell one as the other.
    #[must_use]
    pub fn infer<'a>(samples: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let (mut days, mut months) = (0_usize, 0_usize);
        for sample in samples {
            let day = parse_moment(sample, Self::DayFirst).is_ok();
            let month = parse_moment(sample, Self::MonthFirst).is_ok();
            days += usize::from(day && !month);
            months += usize::from(month && !day);
        }
        match days.cmp(&months) {
            std::cmp::Ordering::Greater => Some(Self::DayFirst),
            std::cmp::Ordering::Less => Some(Self::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// Takes a day with or without a time: ISO 8601 and RFC 3339, `2024/1/31`, `20240131`, `31.01.2024`, `31/01/2024` or
/// `01/31/2024` by `order`, `31 Jan 2024`, `January 31, 2024`, `2024年1月31日`, and Excel's serial numbers (1900
/// system; a fraction is the time, to the second).
///
/// Dots always mean day first. A year of two digits is 1970 to 2069.
///
/// # Errors
/// [`ValueFault::Blank`], [`ValueFault::Date`], [`ValueFault::DateOrder`] or [`ValueFault::YearAlone`].
pub fn parse_moment(cell: &str, order: DateOrder) -> Result<Moment, ValueFault> {
    if is_blank(cell) {
        return Err(ValueFault::Blank);
    }
    if cell.len() > 80 {
        return Err(ValueFault::Date);
    }
    let plain = western(&text::narrow(cell));
    let plain = plain.trim();
    if plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') && plain.matches('.').count() <= 1 {
        return number(plain);
    }
    let (day, time) = split_time(plain);
    let date = parse_day(day, order)?;
    match time {
        None => Ok(Moment::Day(date)),
        Some(time) => {
            let micros = parse_time(time).ok_or(ValueFault::Date)?;
            Ok(Moment::At(Timestamp::from_micros(i64::from(date.days()) * DAY_MICROS + micros)))
        }
    }
}

/// Writes the Chinese signs of a date as Western ones.
fn western(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '年' | '月' => plain.push('-'),
            '日' | '号' | '號' | '秒' => plain.push(' '),
            '时' | '時' | '点' | '點' | '分' => plain.push(':'),
            _ => plain.push(c),
        }
    }
    plain.replace(": ", ":")
}

/// Parts a day from a time: the time starts at the word with a colon, or at the word before it that says which half of
/// the day it is, or at the `T` of ISO 8601.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else {
        return (text, None);
    };
    let before = text.get(..colon).unwrap_or_default();
    let word = before.rfind(|c: char| c.is_whitespace() || matches!(c, 'T' | 't')).map_or(0, |at| {
        let half = before.get(..at).unwrap_or_default().trim_end();
        ["上午", "下午", "早上", "晚上"].iter().find_map(|mark| half.strip_suffix(mark)).map_or(at, str::len)
    });
    let (day, time) = text.split_at_checked(word).unwrap_or((text, ""));
    let time = time.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, 'T' | 't'));
    (day, Some(time))
}

/// Reads digits alone: a compact day or a serial number.
fn number(digits: &str) -> Result<Moment, ValueFault> {
    let (whole_part, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let days = whole(whole_part, 8).ok_or(ValueFault::Date)?;
    if whole_part.len() == 8 && fraction.is_empty() {
        return calendar(days / 10_000, days / 100 % 100, days % 100).map(Moment::Day).ok_or(ValueFault::Date);
    }
    if (1900..=2100).contains(&days) && fraction.is_empty() {
        return Err(ValueFault::YearAlone);
    }
    if !(1..=EXCEL_LAST).contains(&days) || days == 60 {
        return Err(ValueFault::Date);
    }
    let days = days - EXCEL + i64::from(days < 60);
    let seconds = fraction_of_day(fraction);
    let date = i32::try_from(days).map(Date::from_days).map_err(|_| ValueFault::Date)?;
    if fraction.bytes().all(|b| b == b'0') {
        return Ok(Moment::Day(date));
    }
    Ok(Moment::At(Timestamp::from_micros((days * DAY + seconds) * 1_000_000)))
}

/// Returns decimals of a day as whole seconds, rounded: six decimals are exact to a tenth of a second.
fn fraction_of_day(decimals: &str) -> i64 {
    const PLACES: u32 = 12;
    let digits = decimals.bytes().chain(std::iter::repeat(b'0')).take(PLACES as usize);
    let parts = digits.fold(0_i64, |sum, b| sum * 10 + i64::from(b.saturating_sub(b'0')));
    let whole = 10_i64.pow(PLACES);
    (parts * DAY + whole / 2) / whole
}

fn parse_day(day: &str, order: DateOrder) -> Result<Date, ValueFault> {
    let separators = |c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ',');
    let words = day.split(separators).filter(|word| !word.is_empty() && !is_weekday(word));
    let words: Vec<&str> = words.take(4).collect();
    let [one, two, three] = words.as_slice() else {
        return Err(ValueFault::Date);
    };
    if let Some((month, first, second)) = month_name(one, two, three) {
        return named(month, first, second).ok_or(ValueFault::Date);
    }
    if one.len() == 4 {
        let parts = (whole(one, 4), whole(two, 2), whole(three, 2));
        let (Some(year), Some(month), Some(day)) = parts else {
            return Err(ValueFault::Date);
        };
        return calendar(year, month, day).ok_or(ValueFault::Date);
    }
    let parts = (whole(one, 2), whole(two, 2), year(three));
    let (Some(one), Some(two), Some(year)) = parts else {
        return Err(ValueFault::Date);
    };
    let order = if day.contains('.') { DateOrder::DayFirst } else { order };
    let (as_days, as_months) = (calendar(year, two, one), calendar(year, one, two));
    match order {
        DateOrder::DayFirst => as_days.ok_or(as_months),
        DateOrder::MonthFirst => as_months.ok_or(as_days),
    }
    .map_err(|other| if other.is_some() { ValueFault::DateOrder } else { ValueFault::Date })
}

fn calendar(year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1000..=9999).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

fn year(text: &str) -> Option<i64> {
    match (text.len(), whole(text, 4)?) {
        (4, year) => Some(year),
        (2, year) => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Finds a month's name among three words and returns it with the other two.
fn month_name<'a>(one: &'a str, two: &'a str, three: &'a str) -> Option<(i64, &'a str, &'a str)> {
    month(one).map(|m| (m, two, three)).or_else(|| month(two).map(|m| (m, one, three)))
}

/// Joins a month with a day and a year in either order; the year is the one of four digits, or the last.
fn named(month: i64, first: &str, second: &str) -> Option<Date> {
    let plain = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    let (first, second) = (plain(first), plain(second));
    if first.len() == 4 {
        return calendar(year(&first)?, month, whole(&second, 2)?);
    }
    calendar(year(&second)?, month, whole(&first, 2)?)
}

fn month(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    abbreviated(word, &MONTHS).and_then(|at| i64::try_from(at + 1).ok())
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    abbreviated(word, &DAYS).is_some() || word.starts_with("星期") || word.starts_with('周')
}

/// Finds a word by its first letters, three at least.
fn abbreviated(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.to_lowercase();
    if word.len() < 3 {
        return None;
    }
    names.iter().position(|name| name.starts_with(&word))
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
