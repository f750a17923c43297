//! Numbers, money, days and moments in the two languages.

use kernel::{Date, Lang, Money, Timestamp};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes a whole number with its thousands apart.
#[must_use]
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes how many there are.
#[must_use]
pub fn count(n: u64) -> String {
    number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The sign of a currency, as CLDR has it: `¥` is the reader's own, so that yuan and yen are never mistaken.
fn sign(lang: Lang, money: Money) -> String {
    match (money.currency.as_str(), lang) {
        ("EUR", _) => "€".to_owned(),
        ("USD", Lang::En) => "$".to_owned(),
        ("USD", Lang::Zh) => "US$".to_owned(),
        ("GBP", _) => "£".to_owned(),
        ("INR", _) => "₹".to_owned(),
        ("CNY", Lang::Zh) | ("JPY", Lang::En) => "¥".to_owned(),
        ("CNY", Lang::En) => "CN¥".to_owned(),
        ("JPY", Lang::Zh) => "JP¥".to_owned(),
        (other, _) => format!("{other}\u{a0}"),
    }
}

/// Writes an amount with its currency; decimals only where there are any.
#[must_use]
pub fn money(lang: Lang, money: Money) -> String {
    let amount = money.amount();
    let (whole, decimals) = amount.split_once('.').unwrap_or((&amount, ""));
    let whole = number(whole.trim_start_matches('-').parse().unwrap_or(0));
    let minus = if money.minor < 0 { "-" } else { "" };
    let decimals = if decimals.bytes().all(|b| b == b'0') { String::new() } else { format!(".{decimals}") };
    format!("{minus}{}{whole}{decimals}", sign(lang, money))
}

/// Writes a large amount short: `€1.2M`, `¥320万`.
#[must_use]
pub fn short_money(lang: Lang, amount: Money) -> String {
    let units = amount.minor / 10_i64.pow(amount.currency.exponent());
    let steps: &[(i64, &str)] = match lang {
        Lang::En => &[(1_000_000_000, "B"), (1_000_000, "M"), (10_000, "K")],
        Lang::Zh => &[(100_000_000, "亿"), (10_000, "万")],
    };
    for (step, word) in steps {
        if units.abs() >= *step {
            let unit = if *word == "K" { 1_000 } else { *step };
            let tenths = units * 10 / unit;
            let text = if tenths.abs() >= 1_000 || tenths % 10 == 0 {
                number(tenths / 10)
            } else {
                format!("{}.{}", tenths / 10, tenths.abs() % 10)
            };
            return format!("{}{text}{word}", sign(lang, amount));
        }
    }
    money(lang, amount)
}

fn month(day: Date) -> &'static str {
    usize::try_from(day.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default()
}

/// Writes a day; the year only where it is not this one.
#[must_use]
pub fn date(lang: Lang, day: Date, today: Date) -> String {
    let this_year = day.year() == today.year();
    match lang {
        Lang::En => {
            let month = month(day);
            if this_year { format!("{} {month}", day.day()) } else { format!("{} {month} {}", day.day(), day.year()) }
        }
        Lang::Zh if this_year => format!("{}月{}日", day.month(), day.day()),
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    }
}

/// Writes a day with its name in the week.
#[must_use]
pub fn weekday(lang: Lang, day: Date) -> String {
    // Day 0, 1 January 1970, was a Thursday.
    let at = usize::try_from((day.days() + 3).rem_euclid(7)).unwrap_or_default();
    let name = |names: [&'static str; 7]| names.get(at).copied().unwrap_or_default();
    match lang {
        Lang::En => {
            let name = name(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
            format!("{name}, {}", date(lang, day, day))
        }
        Lang::Zh => {
            let name = name(["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]);
            format!("{} {name}", date(lang, day, day))
        }
    }
}

/// Writes a moment as the time of its day, UTC.
#[must_use]
pub fn time(at: Timestamp) -> String {
    let minutes = at.micros().div_euclid(60_000_000).rem_euclid(1440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Writes a day where there is little room: without the day of the month if the year is another.
#[must_use]
pub fn short_date(lang: Lang, day: Date, today: Date) -> String {
    if day.year() == today.year() {
        return date(lang, day, today);
    }
    match lang {
        Lang::En => format!("{} {}", month(day), day.year()),
        Lang::Zh => format!("{}年{}月", day.year(), day.month()),
    }
}

/// Writes a moment in full: the day with its year, and the time.
#[must_use]
pub fn moment(lang: Lang, at: Timestamp) -> String {
    let day = at.date();
    match lang {
        Lang::En => format!("{} {} {}, {} UTC", day.day(), month(day), day.year(), time(at)),
        Lang::Zh => format!("{}年{}月{}日 {}（协调世界时）", day.year(), day.month(), day.day(), time(at)),
    }
}

/// Writes how long ago a moment was.
#[must_use]
pub fn ago(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let minutes = now.since(at).as_secs() / 60;
    let (n, en, zh) = match minutes {
        0 => return if lang == Lang::En { "just now".to_owned() } else { "刚刚".to_owned() },
        1..60 => (minutes, "min ago", "分钟前"),
        60..1440 => (minutes / 60, "h ago", "小时前"),
        1440..2880 => (1, "day ago", "天前"),
        2880..43_200 => (minutes / 1440, "days ago", "天前"),
        _ => return date(lang, at.date(), now.date()),
    };
    if lang == Lang::En { format!("{n} {en}") } else { format!("{n} {zh}") }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn money_reads_well_in_both_languages() {
        let eur = |minor| Money { minor, currency: Currency::EUR };
        assert_eq!(money(Lang::En, eur(1_710_000)), "€17,100");
        assert_eq!(money(Lang::Zh, eur(-1_050)), "-€10.50");
        assert_eq!(short_money(Lang::En, eur(92_300_000)), "€923K");
        assert_eq!(short_money(Lang::En, eur(123_000_000)), "€1.2M");
        assert_eq!(short_money(Lang::Zh, eur(320_000_000)), "€320万");
        assert_eq!(short_money(Lang::En, eur(9_900)), "€99");
    }

    #[test]
    fn days_name_their_year_only_when_it_is_another() {
        let day = |text| Date::parse_iso(text).unwrap();
        assert_eq!(date(Lang::En, day("2026-11-28"), day("2026-01-01")), "28 Nov");
        assert_eq!(date(Lang::Zh, day("2025-11-28"), day("2026-01-01")), "2025年11月28日");
        assert_eq!(number(-1_234_567), "-1,234,567");
        assert_eq!(short_date(Lang::En, day("2027-01-29"), day("2026-01-01")), "Jan 2027");
        assert_eq!(weekday(Lang::En, day("2026-11-25")), "Wednesday, 25 Nov");
        assert_eq!(weekday(Lang::Zh, day("1970-01-01")), "1月1日 星期四");
    }
}
