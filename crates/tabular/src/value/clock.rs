//! Times of the day as people write them.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
const MICROS: i64 = 1_000_000;

/// Takes `13:05`, `1:05:30.25 PM`, `下午1:05`, each with or without a zone (`Z`, `UTC`, `+08:00`), and returns
/// microseconds since midnight UTC of the written day; without a zone it is UTC.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let lower = text.to_lowercase();
    let (rest, half) = half(lower.trim());
    let (clock, zone) = split_zone(rest.trim());
    let mut parts = clock.trim().trim_end_matches(':').split(':');
    let hour = whole(parts.next()?, 2)?;
    let minute = whole(parts.next()?, 2)?;
    let (second, micros) = parts.next().map_or(Some((0, 0)), seconds)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(_) if hour > 12 => hour,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
    };
    let local = (hour * 60 + minute) * 60 + second;
    Some((local - zone_seconds(zone)?) * MICROS + micros)
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn half(text: &str) -> (&str, Option<Half>) {
    const MARKS: [(&str, Half); 8] = [
        ("上午", Half::Morning),
        ("早上", Half::Morning),
        ("下午", Half::Afternoon),
        ("晚上", Half::Afternoon),
        ("a.m.", Half::Morning),
        ("p.m.", Half::Afternoon),
        ("am", Half::Morning),
        ("pm", Half::Afternoon),
    ];
    for (mark, half) in MARKS {
        if let Some(rest) = text.strip_prefix(mark).or_else(|| text.strip_suffix(mark)) {
            return (rest, Some(half));
        }
    }
    (text, None)
}

fn split_zone(text: &str) -> (&str, &str) {
    let at = text.find(|c: char| matches!(c, '+' | '-') || c.is_ascii_alphabetic()).unwrap_or(text.len());
    text.split_at(at)
}

/// Returns how far a zone is ahead of UTC.
fn zone_seconds(zone: &str) -> Option<i64> {
    let zone = zone.trim();
    if matches!(zone, "" | "z" | "utc" | "gmt") {
        return Some(0);
    }
    let zone = zone.strip_prefix("utc").or_else(|| zone.strip_prefix("gmt")).unwrap_or(zone);
    let (ahead, digits) = match zone.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, zone.strip_prefix('-')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) =
        if digits.len() > 2 { digits.split_at_checked(digits.len() - 2)? } else { (digits.as_str(), "0") };
    let (hours, minutes) = (whole(hours, 2)?, whole(minutes, 2)?);
    (hours <= 15 && minutes <= 59).then_some(ahead * (hours * 60 + minutes) * 60)
}

fn seconds(part: &str) -> Option<(i64, i64)> {
    let (second, fraction) = part.split_once(['.', ',']).unwrap_or((part, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros =
        fraction.bytes().chain(std::iter::repeat(b'0')).take(6).fold(0, |sum, b| sum * 10 + i64::from(b - b'0'));
    Some((whole(second, 2)?, micros))
}

/// Takes one to `most` digits.
pub(super) fn whole(text: &str, most: usize) -> Option<i64> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, seconds) in [
            ("13:05", 47_100),
            ("1:05:30 PM", 47_130),
            ("12:00 am", 0),
            ("12:30 p.m.", 45_000),
            ("下午1:05", 47_100),
            ("00:00:00Z", 0),
            ("10:00 UTC", 36_000),
            ("10:00+08:00", 7_200),
            ("10:00 -0530", 55_800),
            ("01:00 GMT+8", -25_200),
            ("10:30:", 37_800),
        ] {
            assert_eq!(parse_time(text), Some(seconds * MICROS), "{text}");
        }
        assert_eq!(parse_time("00:00:00.25"), Some(250_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "10", "24:00", "10:60", "10:00:60", "1:2:3:4", "10:00 EST", "aa:bb", "10:00+99", "10:00:00.x"]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
