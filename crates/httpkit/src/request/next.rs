//! Where to go after signing in.

use std::fmt;

/// A path on this very server. Anything else could send a person who just signed in to a page that looks like ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(String);

impl Next {
    /// Takes a path with its query.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Browsers read `\` as `/` and drop tabs and line ends, so `/\evil` and `/<tab>/evil` are other hosts.
        let local = text.starts_with('/') && !text.starts_with("//");
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        (local && plain && text.len() <= 2000).then(|| Self(text.to_owned()))
    }

    /// Returns the path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Next {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/contact/1?q=a%20b&sort=-name", "/a//b"] {
            assert_eq!(Next::parse(good).unwrap().as_str(), good);
        }
        for wrong in
            ["", "contact", "//evil.example", "/\\evil.example", "/\t/evil", "http://evil", "javascript:alert(1)", "/ü"]
        {
            assert_eq!(Next::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Next::parse(&format!("/{}", "a".repeat(2000))), None);
    }
}
