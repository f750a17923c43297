//! Which names are ours.
//!
//! A page on another name that is made to resolve to this machine (DNS rebinding) is same-origin to the browser, but its
//! requests carry its own name in `Host`, and that is refused.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr as _;
use std::sync::Arc;

use http::{HeaderMap, Uri, header};

use crate::Refusal;

/// The names under which the server answers.
///
/// Addresses and this machine's own names are always among them: what is no name cannot be rebound. When none is given
/// and the connection is TLS, any name will do, because there the certificate says what is ours.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Arc<[String]>);

impl Hosts {
    /// Takes names, without ports.
    pub fn new<'t>(names: impl IntoIterator<Item = &'t str>) -> Self {
        Self(names.into_iter().map(|name| name.trim().trim_end_matches('.').to_ascii_lowercase()).collect())
    }

    /// Returns the host, with its port, that a request is for.
    ///
    /// # Errors
    /// 400 if it names none or several, 421 (RFC 9110 §15.5.20) if the one it names is not ours.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap, secure: bool) -> Result<String, Refusal> {
        let host = named(uri, headers).ok_or_else(|| Refusal::malformed("host"))?;
        let name = name(&host).ok_or_else(|| Refusal::malformed("host"))?;
        let ours = self.0.iter().any(|ours| ours == name) || (secure && self.0.is_empty());
        if ours || is_loopback(name) || is_address(name) { Ok(host) } else { Err(Refusal::misdirected()) }
    }
}

/// Returns what a request says it is for, in lower case: HTTP/2 says it in the URI, HTTP/1.1 in one header.
fn named(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all(header::HOST).iter();
    let host = lines.next().map(|line| line.to_str()).transpose().ok()?;
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let one = match (authority, host) {
        (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b) => return None,
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    lines.next().is_none().then(|| one.to_ascii_lowercase())
}

/// Returns the name without its port; nothing if it is not a name (RFC 3986 §3.2.2, without the forms nobody uses).
pub(crate) fn name(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) if Ipv6Addr::from_str(address).is_ok() => {
            (host.strip_suffix(rest)?, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("0")))
        }
        Some(_) => return None,
        None => host.split_once(':').map_or((host, Some("0")), |(name, port)| (name, Some(port))),
    };
    let _: u16 = port?.parse().ok()?;
    let letters =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'[' | b']' | b':'));
    (letters && !name.is_empty() && name.len() <= 255).then(|| name.strip_suffix('.').unwrap_or(name))
}

fn is_address(name: &str) -> bool {
    name.starts_with('[') || Ipv4Addr::from_str(name).is_ok()
}

/// Tells whether a name means this machine (RFC 6761 §6.3).
pub(crate) fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || Ipv4Addr::from_str(name).is_ok_and(|v4| v4.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, StatusCode};

    fn check(hosts: &Hosts, uri: &str, lines: &[&str], secure: bool) -> Result<String, StatusCode> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::HOST, HeaderValue::from_str(line).unwrap());
        }
        hosts.check(&uri.parse().unwrap(), &headers, secure).map_err(|refusal| refusal.status())
    }

    #[test]
    fn a_rebound_name_is_refused() {
        let hosts = Hosts::new(["crm.example.com."]);
        for good in
            ["localhost", "localhost:8080", "app.localhost:1", "127.0.0.1:8080", "[::1]:80", "[::1]", "192.0.2.1"]
        {
            assert_eq!(check(&hosts, "/", &[good], false), Ok(good.to_owned()), "{good}");
        }
        for good in ["crm.example.com", "CRM.example.com:443", "crm.example.com."] {
            assert_eq!(check(&hosts, "/", &[good], false), Ok(good.to_ascii_lowercase()), "{good}");
        }
        for rebound in
            ["evil.example", "localhost.evil.example", "crm.example.com.evil", "127.0.0.1.evil", "evillocalhost"]
        {
            assert_eq!(check(&hosts, "/", &[rebound], true), Err(StatusCode::MISDIRECTED_REQUEST), "{rebound}");
        }
        assert_eq!(check(&Hosts::default(), "/", &["evil.example"], false), Err(StatusCode::MISDIRECTED_REQUEST));
        assert_eq!(check(&Hosts::default(), "/", &["crm.example"], true), Ok("crm.example".to_owned()));
    }

    #[test]
    fn a_request_names_one_host() {
        let hosts = Hosts::default();
        assert_eq!(check(&hosts, "/", &[], false), Err(StatusCode::BAD_REQUEST));
        assert_eq!(check(&hosts, "/", &["localhost", "localhost"], false), Err(StatusCode::BAD_REQUEST));
        assert_eq!(check(&hosts, "http://localhost/", &["evil.example"], false), Err(StatusCode::BAD_REQUEST));
        assert_eq!(check(&hosts, "http://localhost/", &[], false), Ok("localhost".to_owned()));
        for wrong in
            ["", "a b", "a@b", "localhost:", "localhost:x", "localhost:99999", "[::1", "[x]", "[::1]x", "a/b", "a:1:2"]
        {
            assert_eq!(check(&hosts, "/", &[wrong], false), Err(StatusCode::BAD_REQUEST), "{wrong}");
        }
    }
}
