//! Requests that another site makes a browser send.
//!
//! A browser of these days says where a request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata), and `Origin` on every
//! POST (Fetch §3.2). Only a client that says neither has to prove itself by the token of its session, which no other
//! site can read. The session's cookie is `SameSite=Lax` besides.

use http::{HeaderMap, Method, header};

/// The name of the token in a form.
pub(crate) const FIELD: &str = "csrf";
/// The name of the token in a header, for scripts.
pub(crate) const HEADER: &str = "x-csrf";

/// What a request's headers prove about the page that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// It is ours, or the request changes nothing.
    Own,
    /// It is not ours.
    Foreign,
    /// Nothing is said.
    Unsaid,
}

/// Whether a request is proven to come from our own pages; in the extensions of every request that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Proven by its headers.
    Headers,
    /// To be proven by the token, which may be missing.
    Token(Option<String>),
}

/// Judges a request for `host`.
pub(crate) fn judge(method: &Method, headers: &HeaderMap, host: &str, secure: bool) -> Provenance {
    if method.is_safe() {
        return Provenance::Own;
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = text(header::ORIGIN).map(|origin| is_own(origin, host, secure));
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    match (site, origin) {
        // `none`: the user typed an address or opened a bookmark. A second opinion may only make it worse.
        (Some("same-origin" | "none"), None | Some(true)) | (None, Some(true)) => Provenance::Own,
        (Some(_), _) | (None, Some(false)) => Provenance::Foreign,
        (None, None) => Provenance::Unsaid,
    }
}

/// Tells whether an origin (RFC 6454 §6.1) is the host asked for. Behind a proxy that does TLS the scheme is its business.
fn is_own(origin: &str, host: &str, secure: bool) -> bool {
    let origin = origin.to_ascii_lowercase();
    let (own, default) = match origin.split_once("://") {
        Some(("https", own)) => (own, ":443"),
        Some(("http", own)) if !secure => (own, ":80"),
        _ => return false,
    };
    own.strip_suffix(default).unwrap_or(own) == host.strip_suffix(default).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Provenance::{Foreign, Own, Unsaid};

    fn said(site: Option<&str>, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(site) = site {
            headers.insert("sec-fetch-site", site.parse().unwrap());
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let (own, evil) = (Some("http://localhost:8080"), Some("http://evil.example"));
        for (site, origin, expected) in [
            (Some("same-origin"), None, Own),
            (Some("same-origin"), own, Own),
            (Some("same-origin"), evil, Foreign),
            (Some("same-origin"), Some("null"), Foreign),
            (Some("none"), None, Own),
            (Some("none"), evil, Foreign),
            (Some("same-site"), own, Foreign),
            (Some("cross-site"), None, Foreign),
            (Some("cross-site"), own, Foreign),
            (Some(""), None, Foreign),
            (None, own, Own),
            (None, Some("HTTP://LOCALHOST:8080"), Own),
            (None, Some("https://localhost:8080"), Own),
            (None, Some("http://localhost"), Foreign),
            (None, Some("http://localhost:8081"), Foreign),
            (None, Some("ftp://localhost:8080"), Foreign),
            (None, Some("http://localhost:8080.evil.example"), Foreign),
            (None, Some(""), Foreign),
            (None, Some("null"), Foreign),
            (None, evil, Foreign),
            (None, None, Unsaid),
        ] {
            let headers = said(site, origin);
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                assert_eq!(judge(&method, &headers, "localhost:8080", false), expected, "{site:?} {origin:?}");
            }
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                assert_eq!(judge(&method, &headers, "localhost:8080", false), Own, "{site:?} {origin:?}");
            }
        }
    }

    #[test]
    fn over_tls_a_page_in_the_clear_is_foreign() {
        let clear = said(None, Some("http://crm.example"));
        assert_eq!(judge(&Method::POST, &clear, "crm.example", true), Foreign);
        let sealed = said(None, Some("https://crm.example"));
        assert_eq!(judge(&Method::POST, &sealed, "crm.example:443", true), Own);
    }
}
