//! The family of a browser or client.

use http::{HeaderMap, header};

/// The family of a client. The whole header would be a fingerprint of a person, and is kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agent {
    /// Chromium and its relatives.
    Chrome,
    /// Microsoft's.
    Edge,
    /// Mozilla's.
    Firefox,
    /// Apple's, and every browser on iOS, where all are made of it.
    Safari,
    /// The command line's.
    Curl,
    /// A program in Python.
    Python,
    /// Anything else.
    Other,
}

impl Agent {
    /// Tells the family from the headers of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map_or(Self::Other, Self::parse)
    }

    /// Tells the family from a User-Agent header (RFC 9110 §10.1.5).
    #[must_use]
    pub fn parse(header: &str) -> Self {
        // Every browser claims to be the ones below it.
        const MARKS: &[(&str, Agent)] = &[
            ("Edg/", Agent::Edge),
            ("Firefox/", Agent::Firefox),
            ("Chrome/", Agent::Chrome),
            ("Chromium/", Agent::Chrome),
            ("Safari/", Agent::Safari),
            ("curl/", Agent::Curl),
            ("python", Agent::Python),
            ("Python", Agent::Python),
        ];
        MARKS.iter().find(|(mark, _)| header.contains(mark)).map_or(Self::Other, |(_, agent)| *agent)
    }

    /// Returns the name the ledger keeps.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Safari => "Safari",
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::Other => "other",
        }
    }

    /// Tells whether the family keeps `Secure` cookies of a page that this very machine serves without TLS.
    ///
    /// Chromium and Firefox hold localhost, 127.0.0.0/8 and ::1 to be trustworthy (W3C Secure Contexts §3.1). Safari does
    /// not, and neither do most libraries.
    pub(crate) const fn trusts_loopback(self) -> bool {
        matches!(self, Self::Chrome | Self::Edge | Self::Firefox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_apart() {
        let webkit = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
        for (header, agent) in [
            (format!("{webkit} Chrome/140.0.0.0 Safari/537.36"), Agent::Chrome),
            (format!("{webkit} HeadlessChrome/140.0.0.0 Safari/537.36"), Agent::Chrome),
            (format!("{webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"), Agent::Edge),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0".to_owned(), Agent::Firefox),
            (format!("{webkit} Version/18.0 Safari/605.1.15"), Agent::Safari),
            (format!("{webkit} CriOS/140.0.0.0 Mobile/15E148 Safari/604.1"), Agent::Safari),
            ("curl/8.5.0".to_owned(), Agent::Curl),
            ("python-requests/2.32".to_owned(), Agent::Python),
            (String::new(), Agent::Other),
        ] {
            assert_eq!(Agent::parse(&header), agent, "{header}");
        }
    }
}
