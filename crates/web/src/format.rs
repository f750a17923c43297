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

fn sign(money: Money) -> String {
    match money.currency.as_str() {
        "EUR" => "€".to_owned(),
        "USD" => "$".to_owned(),
        "GBP" => "£".to_owned(),
        "CNY" | "JPY" => "¥".to_owned(),
        other => format!("{other} "),
    }
}

/// Writes an amount with its currency; decimals only where there are any.
#[must_use]
pub fn money(money: Money) -> String {
    let amount = money.amount();
    let (whole, decimals) = amount.split_once('.').unwrap_or((&amount, ""));
    let whole = number(whole.trim_start_matches('-').parse().unwrap_or(0));
    let minus = if money.minor < 0 { "-" } else { "" };
    let decimals = if decimals.bytes().all(|b| b == b'0') { String::new() } else { format!(".{decimals}") };
    format!("{minus}{}{whole}{decimals}", sign(money))
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
            return format!("{}{text}{word}", sign(amount));
        }
    }
    money(amount)
}

/// Writes a day; the year only where it is not this one.
#[must_use]
pub fn date(lang: Lang, day: Date, today: Date) -> String {
    let this_year = day.year() == today.year();
    match lang {
        Lang::En => {
            let month = usize::try_from(day.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
            if this_year { format!("{} {month}", day.day()) } else { format!("{} {month} {}", day.day(), day.year()) }
        }
        Lang::Zh if this_year => format!("{}月{}日", day.month(), day.day()),
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    }
}

/// Writes a moment as the time of its day, UTC.
#[must_use]
pub fn time(at: Timestamp) -> String {
    let minutes = at.micros().div_euclid(60_000_000).rem_euclid(1440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Writes how long ago a moment was.
#[must_use]
pub fn ago(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let minutes = now.since(at).as_secs() / 60;
    let (n, en, zh) = match minutes {
        0 => return if lang == Lang::En { "just now".to_owned() } else { "刚刚".to_owned() },
        1..60 => (minutes, "min ago", "分钟前"),
        60..1440 => (minutes / 60, "h ago", "小时前"),
        1440..43_200 => (minutes / 1440, "d ago", "天前"),
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
        assert_eq!(money(eur(1_710_000)), "€17,100");
        assert_eq!(money(eur(-1_050)), "-€10.50");
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
    }
}
