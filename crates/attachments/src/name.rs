//! Names of files that are safe to write on any disk and to show on any page.

use unicode_normalization::UnicodeNormalization as _;

use crate::Kind;

/// The most characters of a name.
const LONGEST: usize = 120;
/// The most bytes of one: file systems take 255.
const LARGEST: usize = 200;
/// What one is called that has no name.
const NAMELESS: &str = "file";

/// Names that Windows takes for devices, whatever stands behind a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Makes a name safe: no path, nothing that controls a terminal or turns text around, no device, no leading or trailing dot,
/// and an end that says what the file is. What is left is the name that people know it by.
#[must_use]
pub fn safe(typed: &str, kind: Kind) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.nfc().filter(|c| !is_unseen(*c)).map(|c| if is_awkward(c) { '_' } else { c }).collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let name = words.join(" ");
    let name = name.trim_matches(['.', ' ']);
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if kind.ends().contains(&end.to_ascii_lowercase().as_str()) => (stem, end),
        _ => (name, kind.ends().first().copied().unwrap_or_default()),
    };
    let stem = stem.trim_end_matches(['.', ' ']);
    let stem = if stem.is_empty() { NAMELESS } else { stem };
    let mark = if is_device(stem) { "_" } else { "" };
    let stem = cut(stem, LONGEST - end.len() - 2, LARGEST - end.len() - 2);
    format!("{mark}{stem}.{end}")
}

/// Returns the header that gives a file its name (RFC 6266), in ASCII for old programs and as it is (RFC 8187).
#[must_use]
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let mut whole = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// Tells whether a character is one that nobody sees, or that changes how others are seen.
fn is_unseen(c: char) -> bool {
    let marks = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || marks
}

/// Tells whether some file system or shell takes a character for something else.
const fn is_awkward(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' | '$' | '`' | ';' | '&' | '\'')
}

fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim().to_lowercase();
    let numbered = |word: &str| {
        first.strip_prefix(word).is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(char::is_numeric))
    };
    DEVICES.contains(&first.as_str()) || numbered("com") || numbered("lpt")
}

fn cut(text: &str, characters: usize, bytes: usize) -> &str {
    let end =
        text.char_indices().map(|(at, c)| at + c.len_utf8()).take(characters).take_while(|end| *end <= bytes).last();
    text.get(..end.unwrap_or_default()).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Fails when: a path, a control, a mark that turns text around, a device or a false end gets through.
    #[test]
    fn names_are_made_safe() {
        let cases = [
            ("offer 2026.pdf", "offer 2026.pdf"),
            ("报价 2026.PDF", "报价 2026.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Windows\\evil.pdf", "evil.pdf"),
            ("invoice.pdf.exe", "invoice.pdf.exe.pdf"),
            ("in\u{202e}fdp.exe", "infdp.exe.pdf"),
            ("a\u{0}b\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
            ("CON", "_CON.pdf"),
            ("com¹.pdf", "_com¹.pdf"),
            ("nul.tar.pdf", "_nul.tar.pdf"),
            ("..", "file.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("   ", "file.pdf"),
            (".pdf", "pdf.pdf"),
            ("what?<is>\"this\"|.pdf", "what__is__this__.pdf"),
        ];
        for (typed, safe_name) in cases {
            assert_eq!(safe(typed, Kind::Pdf), safe_name, "{typed:?}");
        }
    }

    #[test]
    fn a_header_holds_one_name_whatever_it_is() {
        assert_eq!(disposition("a b.pdf"), "attachment; filename=\"a b.pdf\"");
        let chinese = disposition("报价.pdf");
        assert_eq!(chinese, "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf");
    }

    proptest! {
        /// Fails when: some name leads elsewhere, breaks a header, or is too long for a disk.
        #[test]
        fn whatever_is_typed_is_a_name(typed in any::<String>()) {
            for kind in [Kind::Pdf, Kind::Text, Kind::Jpeg] {
                let name = safe(&typed, kind);
                prop_assert!(!name.contains(['/', '\\', '\0', '\n', '\r', '"']) && name.len() <= 255);
                prop_assert!(!name.starts_with(['.', ' ']) && !name.chars().any(is_unseen));
                let end = name.rsplit('.').next().unwrap().to_ascii_lowercase();
                prop_assert!(kind.ends().contains(&end.as_str()));
                prop_assert_eq!(safe(&name, kind), name.clone());
                prop_assert!(disposition(&name).is_ascii() && !disposition(&name).contains(['\n', '\r']));
            }
        }
    }
}
