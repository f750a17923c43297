//! Text of a form or of the operator as a value.

use kernel::text::{TextFault, clean, fold};
use kernel::{Currency, Date, Email, Money, MoneyFault, Phone, RecordId, Timestamp, UserId};

use super::{Value, Why};
use crate::object::{Field, Kind};

/// A record has at most this many tags.
pub const MOST_TAGS: usize = 50;

/// Takes the text of a form's control. Blank is no value.
///
/// # Errors
/// [`Why`] says what is wrong.
pub fn parse_text(field: &Field, input: &str, currency: Currency) -> Result<Option<Value>, Why> {
    let most = match field.kind {
        Kind::Tags => MOST_TAGS * (field.max + 2),
        _ => field.max,
    };
    // Bytes first: nothing is normalised that could not fit anyway.
    if input.len() > most.saturating_mul(16).max(64) {
        return Err(Why::Long(most));
    }
    let text = clean(input, most).map_err(|fault| match fault {
        TextFault::Control => Why::Control,
        TextFault::Long(most) => Why::Long(most),
    })?;
    if text.is_empty() { Ok(None) } else { filled(field, text, currency) }
}

fn filled(field: &Field, text: String, currency: Currency) -> Result<Option<Value>, Why> {
    Ok(Some(match field.kind {
        Kind::LongText => Value::Text(text),
        Kind::Text | Kind::PersonName => Value::Text(one_line(text)),
        Kind::Email => Value::Text(Email::parse(&text).map_err(|_| Why::Email)?.as_str().to_owned()),
        Kind::Phone => Value::Text(Phone::parse(&text).map_err(|_| Why::Phone)?.as_str().to_owned()),
        Kind::Url => Value::Text(parse_url(&text)?),
        Kind::Number => Value::Number(within(field, number(&text)?)?),
        Kind::Money => Value::Money(Money::parse(&text, currency).map_err(amount)?),
        Kind::Date => Value::Date(date(&text)?),
        Kind::Time => Value::Time(time(&text)?),
        Kind::Choice => Value::Choice(field.choice(&text).ok_or(Why::Choice)?.value.clone()),
        Kind::Tags => return tags(field, text.split([';', '\n', ',', '；', '，', '、'])),
        Kind::Boolean => Value::Bool(boolean(&text)?),
        Kind::Link => Value::Link(text.parse::<RecordId>().map_err(|_| Why::Id)?),
        Kind::User => Value::User(text.parse::<UserId>().map_err(|_| Why::Id)?),
    }))
}

/// Joins what was pasted over several lines.
pub(crate) fn one_line(text: String) -> String {
    if text.contains(['\n', '\t']) { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text }
}

/// Takes the address of a web page; without a scheme it is a host name. Other schemes than http and https are refused,
/// since the address becomes a link.
///
/// # Errors
/// [`Why::Url`].
pub fn parse_url(text: &str) -> Result<String, Why> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let host_fits = host.contains('.') && host.split('.').all(label);
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok());
    if host_fits
        && port_fits
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '`'))
    {
        Ok(text.to_owned())
    } else {
        Err(Why::Url)
    }
}

fn number(text: &str) -> Result<i64, Why> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}' | '_')).collect();
    plain.parse().map_err(|_| Why::Number)
}

/// Keeps a number in the range of its field.
pub fn within(field: &Field, number: i64) -> Result<i64, Why> {
    let (least, most) = field.range;
    match number {
        n if n < least => Err(Why::Small(least)),
        n if n > most => Err(Why::Large(most)),
        n => Ok(n),
    }
}

pub(super) const fn amount(fault: MoneyFault) -> Why {
    match fault {
        MoneyFault::Currency => Why::Currency,
        MoneyFault::Amount => Why::Amount,
        MoneyFault::Decimals => Why::Decimals,
        MoneyFault::Range => Why::Large(i64::MAX),
    }
}

pub(super) fn date(text: &str) -> Result<Date, Why> {
    Date::parse_iso(text).ok_or(Why::Date)
}

/// Takes RFC 3339, or what a `datetime-local` control sends, which is taken as UTC.
pub fn time(text: &str) -> Result<Timestamp, Why> {
    let local = || match text.len() {
        10 => Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")),
        16 => Timestamp::parse_rfc3339(&format!("{text}:00Z")),
        19 => Timestamp::parse_rfc3339(&format!("{text}Z")),
        _ => None,
    };
    Timestamp::parse_rfc3339(text).or_else(local).ok_or(Why::Time)
}

fn boolean(text: &str) -> Result<bool, Why> {
    match fold(text).as_str() {
        "true" | "yes" | "on" | "1" | "是" => Ok(true),
        "false" | "no" | "off" | "0" | "否" => Ok(false),
        _ => Err(Why::Boolean),
    }
}

/// Takes tags: blank ones and repetitions are left out, order stays.
pub fn tags<'a>(field: &Field, items: impl IntoIterator<Item = &'a str>) -> Result<Option<Value>, Why> {
    let mut tags: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for item in items {
        let tag = one_line(item.trim().to_owned());
        if tag.chars().count() > field.max {
            return Err(Why::Long(field.max));
        }
        if !tag.is_empty() && seen.insert(fold(&tag)) {
            tags.push(tag);
        }
        if tags.len() > MOST_TAGS {
            return Err(Why::Many(MOST_TAGS));
        }
    }
    Ok(if tags.is_empty() { None } else { Some(Value::Tags(tags)) })
}
