//! The key as a header spells it.

/// So many letters a key has at most.
const LONGEST: usize = 255;

/// What a program calls one request, to say that another is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatKey(String);

impl RepeatKey {
    /// Reads a value: a string of structured fields (RFC 9651 §3.3.3), as the draft has it, or the same letters without quotes,
    /// as most programs send it. 1 to 255 letters of ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = match text.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => text.chars().all(|c| c.is_ascii_graphic()).then(|| text.to_owned())?,
        };
        (1..=LONGEST).contains(&key.len()).then_some(Self(key))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads what stands behind the first quote; the last one must end the value.
fn unquote(text: &str) -> Option<String> {
    let (mut key, mut letters) = (String::new(), text.chars());
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(key),
            '\\' => key.push(letters.next().filter(|c| matches!(c, '"' | '\\'))?),
            c @ ' '..='~' => key.push(c),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_string_with_quotes_or_without() {
        let long = "k".repeat(LONGEST);
        for (text, expected) in [
            ("8e03978e-40d5-43e8-bc93-6894a57f9324", Some("8e03978e-40d5-43e8-bc93-6894a57f9324")),
            ("\"8e03978e\"", Some("8e03978e")),
            ("\"two words\"", Some("two words")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            (r"a\b", Some(r"a\b")),
            (&long, Some(long.as_str())),
            (&format!("{long}k"), None),
            (&format!("\"{long}k\""), None),
            ("", None),
            ("\"\"", None),
            ("\"", None),
            ("\"open", None),
            ("two words", None),
            ("tab\t", None),
            ("\"tab\t\"", None),
            (r#""a\n""#, None),
            (r#""a"b"#, None),
            (r#""a";p=1"#, None),
            (r#""a", "b""#, None),
            ("ключ", None),
            ("\"ключ\"", None),
        ] {
            assert_eq!(RepeatKey::parse(text).as_ref().map(RepeatKey::as_str), expected, "{text}");
        }
    }
}
