//! The cookie of a session.
//!
//! Its name is `__Host-custos`: a browser takes that name only with `Secure`, for the whole host, from the host itself, so
//! that no other host can set it for us (RFC 6265bis §4.1.3.2). A browser that does not trust its own machine refuses
//! `Secure` on `http://localhost`; there, and only there, the name is `custos`.
//!
//! `SameSite=Lax`, not `Strict`: a link to a record in a mail opens signed in. Nothing is changed by GET, so there is
//! nothing for another site to trigger by a link.

use http::{HeaderMap, HeaderValue};

use crate::request::asked::Asked;
use crate::request::cookie::find;

/// The name that only we can set.
const HOST_NAME: &str = "__Host-custos";
/// The name where the browser refuses the other.
const PLAIN_NAME: &str = "custos";

/// The same of what the browser is known by at a sign-in: it stays for a year, and opens nothing.
const HOST_DEVICE: &str = "__Host-custos_device";
const PLAIN_DEVICE: &str = "custos_device";
/// The same of what ties somebody who is at the company's identity provider to the browser that went there.
const HOST_AWAY: &str = "__Host-custos_away";
const PLAIN_AWAY: &str = "custos_away";
/// A year, in seconds.
const YEAR: &str = "; Max-Age=31536000";

/// The cookie that a browser with a key of its own has to hold before it asks for anything: it opens nothing, and runs out before
/// a signature does, so that the browser signs in time by itself. Such browsers take only `Secure`.
pub const BOUND: &str = "__Host-custos_bound";
/// What else stands in its line, as the browser is told it.
pub const BOUND_ATTRIBUTES: &str = "Path=/; HttpOnly; SameSite=Lax; Secure";

/// Tells whether the browser refuses `Secure` cookies of this very page.
fn is_refused(asked: &Asked) -> bool {
    asked.is_plain_loopback() && !asked.agent.trusts_loopback()
}

/// Returns the value of the session cookie of a request.
pub fn presented<'h>(headers: &'h HeaderMap, asked: &Asked) -> Option<&'h str> {
    // The plain name could be set by anybody on this host's name, so it counts nowhere but where it is needed.
    let name = if is_refused(asked) { PLAIN_NAME } else { HOST_NAME };
    let found = find(headers, name)?;
    if found.more > 0 {
        tracing::warn!(request = %asked.request, more = found.more, "several session cookies, the first one counts");
    }
    Some(found.value)
}

/// Returns the `Set-Cookie` line of a browser that has signed with its own key.
#[must_use]
pub const fn bound_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-custos_bound=1; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=240")
}

/// Returns what a browser that somebody has signed in with holds.
pub fn presented_device<'h>(headers: &'h HeaderMap, asked: &Asked) -> Option<&'h str> {
    find(headers, if is_refused(asked) { PLAIN_DEVICE } else { HOST_DEVICE }).map(|found| found.value)
}

/// Returns the `Set-Cookie` line that makes a browser known for a year.
#[must_use]
pub fn device_cookie(asked: &Asked, value: &str) -> Option<HeaderValue> {
    let mut line = HeaderValue::try_from(spell(asked, (HOST_DEVICE, PLAIN_DEVICE), value, YEAR)).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// Returns what a browser holds while its person is at the identity provider.
pub fn presented_away<'h>(headers: &'h HeaderMap, asked: &Asked) -> Option<&'h str> {
    find(headers, if is_refused(asked) { PLAIN_AWAY } else { HOST_AWAY }).map(|found| found.value)
}

/// Returns the `Set-Cookie` line for a person who goes to the identity provider; without a value, for one who is back.
#[must_use]
pub fn away_cookie(asked: &Asked, value: Option<&str>) -> Option<HeaderValue> {
    let end = if value.is_some() { "; Max-Age=600" } else { "; Max-Age=0" };
    let mut line = HeaderValue::try_from(spell(asked, (HOST_AWAY, PLAIN_AWAY), value.unwrap_or_default(), end)).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// Returns the `Set-Cookie` line that starts a session. It ends with the browser; the server ends it earlier.
#[must_use]
pub fn session_cookie(asked: &Asked, value: &str) -> Option<HeaderValue> {
    let mut line = HeaderValue::try_from(spell(asked, (HOST_NAME, PLAIN_NAME), value, "")).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// Returns the `Set-Cookie` line that takes the session's cookie away.
#[must_use]
pub fn end_session_cookie(asked: &Asked) -> HeaderValue {
    HeaderValue::try_from(spell(asked, (HOST_NAME, PLAIN_NAME), "", "; Max-Age=0"))
        .unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn spell(asked: &Asked, (host, plain): (&str, &str), value: &str, end: &str) -> String {
    let (name, secure) = if is_refused(asked) { (plain, "") } else { (host, "; Secure") };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::agent::Agent;
    use crate::request::asked::Surface;
    use http::header;
    use kernel::{Lang, RequestId, Uuid};

    fn asked(host: &str, secure: bool, agent: Agent) -> Asked {
        let request = RequestId::from_uuid(Uuid::nil());
        Asked { request, ip: None, secure, host: host.into(), agent, lang: Lang::En, surface: Surface::Pages }
    }

    #[test]
    fn the_plain_name_is_for_browsers_that_do_not_trust_their_own_machine() {
        for (host, secure, agent, name) in [
            ("crm.example", true, Agent::Safari, HOST_NAME),
            ("localhost:8443", true, Agent::Safari, HOST_NAME),
            ("localhost:8080", false, Agent::Chrome, HOST_NAME),
            ("127.0.0.1:8080", false, Agent::Firefox, HOST_NAME),
            ("[::1]:8080", false, Agent::Edge, HOST_NAME),
            ("localhost:8080", false, Agent::Safari, PLAIN_NAME),
            ("127.0.0.1", false, Agent::Curl, PLAIN_NAME),
            ("[::1]:8080", false, Agent::Other, PLAIN_NAME),
            ("crm.example", false, Agent::Safari, HOST_NAME),
        ] {
            let line = session_cookie(&asked(host, secure, agent), "v").unwrap();
            let line = line.to_str().unwrap();
            assert!(line.starts_with(&format!("{name}=v; Path=/; HttpOnly; SameSite=Lax")), "{host}: {line}");
            assert_eq!(line.contains("; Secure"), name == HOST_NAME, "{host}: {line}");
            assert!(!line.contains("Domain"), "{line}");
        }
    }

    #[test]
    fn a_browser_is_told_of_the_cookie_that_it_gets() {
        let line = bound_cookie();
        assert_eq!(line.to_str().unwrap(), format!("{BOUND}=1; {BOUND_ATTRIBUTES}; Max-Age=240"));
    }

    #[test]
    fn the_plain_name_counts_only_where_it_was_set() {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("custos=a; __Host-custos=b"))]);
        assert_eq!(presented(&headers, &asked("crm.example", true, Agent::Safari)), Some("b"));
        assert_eq!(presented(&headers, &asked("localhost", false, Agent::Chrome)), Some("b"));
        assert_eq!(presented(&headers, &asked("localhost", false, Agent::Safari)), Some("a"));
    }

    #[test]
    fn a_browser_is_known_for_a_year_by_a_cookie_of_its_own() {
        let asked = asked("crm.example", true, Agent::Chrome);
        let line = device_cookie(&asked, "v").unwrap();
        let expected = "__Host-custos_device=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=31536000";
        assert_eq!(line.to_str().unwrap(), expected);
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("__Host-custos_device=v"))]);
        assert_eq!((presented_device(&headers, &asked), presented(&headers, &asked)), (Some("v"), None));
    }

    #[test]
    fn nothing_breaks_out_of_the_line() {
        assert!(session_cookie(&asked("localhost", false, Agent::Chrome), "v\r\nX: y").is_none());
        assert!(
            end_session_cookie(&asked("crm.example", true, Agent::Chrome)).to_str().unwrap().ends_with("Max-Age=0")
        );
    }
}
