//! Addresses in their one plain spelling.
//!
//! What browsers forgive is refused here: parts of a host that mean an IPv4 address in disguise (`127.1`, `0x7f.1`,
//! `2130706433`, `0177.0.0.1`), names and passwords, backslashes, fragments. Whoever checks an address and whoever connects to it then read
//! the same (the confusions of CWE-436 have nothing to live on).

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::OutboundFault;

/// Longer than this is not an address of anything we ask.
const LONGEST: usize = 2_048;

/// An address of a server and of something on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    secure: bool,
    host: Host,
    port: u16,
    target: String,
}

/// Whom an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A name of the domain name system, in lower case.
    Name(String),
    /// An address in its one spelling.
    Ip(IpAddr),
}

impl Url {
    /// Takes an address: `https://host[:port]/path?query`, or `http://` for this machine itself.
    ///
    /// # Errors
    /// [`OutboundFault::Url`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, OutboundFault> {
        let wrong = |what| Err(OutboundFault::Url(what));
        if text.len() > LONGEST {
            return wrong("too long");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '#', '"', '<', '>', '`', '{', '}'])
        {
            return wrong("characters that an address does not have");
        }
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return wrong("does not begin with https://"),
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return wrong("a name or password in front of the host");
        }
        let (host, port) = split(authority)?;
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Self { secure, host, port: port.unwrap_or(if secure { 443 } else { 80 }), target })
    }

    /// Tells whether the way there is encrypted.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Tells whether the address names this very machine: the only one that is ever spoken to in the clear.
    #[must_use]
    pub fn is_own(&self) -> bool {
        match &self.host {
            Host::Name(name) => name == "localhost",
            Host::Ip(ip) => crate::range::is_loopback(*ip),
        }
    }

    /// Returns scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.authority())
    }

    pub(crate) const fn host(&self) -> &Host {
        &self.host
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// Returns host and port as the `Host` header has them.
    pub(crate) fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => write!(f, "{ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

fn split(authority: &str) -> Result<(Host, Option<u16>), OutboundFault> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']').ok_or(OutboundFault::Url("a bracket that is not closed"))?;
            let ip: Ipv6Addr = inside.parse().map_err(|_| OutboundFault::Url("not an IPv6 address"))?;
            let port = match after.strip_prefix(':') {
                None if after.is_empty() => None,
                None => return Err(OutboundFault::Url("something behind the host")),
                Some(port) => Some(port),
            };
            (Host::Ip(IpAddr::V6(ip)), port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (name(host)?, Some(port)),
            None => (name(authority)?, None),
        },
    };
    Ok((host, port.map(number).transpose()?))
}

fn number(port: &str) -> Result<u16, OutboundFault> {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|port| digits && *port != 0).ok_or(OutboundFault::Url("not a port"))
}

fn name(text: &str) -> Result<Host, OutboundFault> {
    let host = text.to_ascii_lowercase();
    // The standard library takes four decimal numbers without leading zeros, and nothing else.
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Ok(Host::Ip(IpAddr::V4(ip)));
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // A resolver of the system reads a name that ends in a number as an IPv4 address (WHATWG URL §3.5).
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if host.len() > 253 || numeric || !host.split('.').all(label) {
        return Err(OutboundFault::Url("not a host"));
    }
    Ok(Host::Name(host))
}

/// Encodes text for a form or a query (RFC 3986 §2.3): all but unreserved characters.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for (text, again) in [
            ("https://id.example.com", "https://id.example.com/"),
            ("https://ID.Example.com:443/a?b=c", "https://id.example.com/a?b=c"),
            ("https://id.example.com:8443?x", "https://id.example.com:8443/?x"),
            ("http://127.0.0.1:9000/x", "http://127.0.0.1:9000/x"),
            ("https://[2606:4700::0001]/", "https://[2606:4700::1]/"),
            ("https://[::1]:8443/", "https://[::1]:8443/"),
            ("https://localhost/", "https://localhost/"),
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), again);
        }
    }

    #[test]
    fn addresses_in_disguise_are_refused() {
        for text in [
            "",
            "id.example.com",
            "ftp://id.example.com/",
            "HTTPS://id.example.com/",
            "https:/id.example.com",
            "https://",
            "https://user@id.example.com/",
            "https://user:pass@id.example.com/",
            "https://id.example.com@127.0.0.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://127.0.1/",
            "https://0x7f.0.0.1/",
            "https://0x7f000001/",
            "https://127.0.0.0x1/",
            "https://1.2.3.4.5/",
            "https://127.0.0.1./",
            "https://id.example.com./",
            "https://id..example.com/",
            "https://-a.example/",
            "https://a_b.example/",
            "https://id.example.com\\@127.0.0.1/",
            "https://id.example.com#@x/",
            "https://id.example.com:0/",
            "https://id.example.com:+1/",
            "https://id.example.com:99999/",
            "https://id.example.com:/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[fe80::1%25eth0]/",
            "https://[::ffff:1.2.3]/",
            "https://①②⑦.⓪.⓪.①/",
            "https://id.example.com/a b",
            "https://id.example.com/\r\nhost: x",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
        assert!(Url::parse(&format!("https://a.example/{}", "x".repeat(LONGEST))).is_err());
    }
}
