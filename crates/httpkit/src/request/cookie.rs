//! Reading cookies (RFC 6265 §5.4): whatever a browser or an attacker sends, some value or none.

use http::{HeaderMap, header};

/// More than this is not looked at; browsers stop at 4 KiB a cookie.
const MOST_BYTES: usize = 16 * 1024;
/// More than this is not looked at.
const MOST_COOKIES: usize = 100;

/// What was found under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'h> {
    /// The first value.
    pub(crate) value: &'h str,
    /// How many more there were: a second one is a sign that another site on the same name sets cookies for us.
    pub(crate) more: usize,
}

/// Returns the first cookie of a name.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    find(headers, name).map(|found| found.value)
}

pub(crate) fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<Found<'h>> {
    let mut left = MOST_BYTES;
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let within = lines.take_while(|line| {
        left = left.saturating_sub(line.len());
        left > 0
    });
    let pairs = within.flat_map(|line| line.split(';')).take(MOST_COOKIES);
    let mut values = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value))
    });
    let value = values.next()?;
    Some(Found { value, more: values.count() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn found(lines: &[&[u8]]) -> Option<(String, usize)> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        find(&headers, "id").map(|found| (found.value.to_owned(), found.more))
    }

    #[test]
    fn the_first_of_a_name_counts_and_garbage_does_not() {
        let one = |value: &str, more| Some((value.to_owned(), more));
        for (line, expected) in [
            ("id=a", one("a", 0)),
            ("id=a; id=b; id=c", one("a", 2)),
            ("theme=dark;id=a", one("a", 0)),
            (" ;;; =x; id ; id2=z; id=\"a\"; q", one("a", 0)),
            ("id=", one("", 0)),
            ("id=a=b", one("a=b", 0)),
            ("ID=a", None),
            ("", None),
        ] {
            assert_eq!(found(&[line.as_bytes()]), expected, "{line}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        assert_eq!(found(&[b"x=1", b"\xff\xfe", b"id=a", b"id=b"]), Some(("a".to_owned(), 1)));
    }

    #[test]
    fn a_flood_is_not_read_to_its_end() {
        let flood = format!("{}id=a", "x=1; ".repeat(200));
        assert_eq!(found(&[flood.as_bytes()]), None);
        let long = format!("x={}; id=a", "x".repeat(MOST_BYTES));
        assert_eq!(found(&[long.as_bytes()]), None);
    }
}
