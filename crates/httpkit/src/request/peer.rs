//! The other end of the connection, and proxies between.

use std::net::IpAddr;

use http::HeaderMap;
use kernel::{Network, NetworkFault};

/// The other end of a connection, as the accept loop saw it. It travels in the extensions of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub ip: IpAddr,
    /// Whether the connection is TLS.
    pub tls: bool,
}

/// Addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. None by default: anybody can send a header.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Takes addresses and ranges.
    ///
    /// # Errors
    /// [`NetworkFault`] names the one that is neither.
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, NetworkFault> {
        texts.into_iter().map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Tells whether an address is a proxy of ours.
    #[must_use]
    pub fn holds(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(ip))
    }

    /// Returns who asks: the peer, or the last address before the chain of our own proxies.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
        let mut hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        while self.holds(client) {
            let Some(before) = hops.next().and_then(|hop| hop.trim().parse().ok()) else { break };
            client = before;
        }
        client.to_canonical()
    }

    /// Tells whether the client came over TLS: by the connection, or as a proxy of ours says.
    pub(crate) fn secure(&self, peer: Peer, headers: &HeaderMap) -> bool {
        peer.tls || (self.holds(peer.ip) && headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static("x-forwarded-for"), http::HeaderValue::from_static(line))])
    }

    #[test]
    fn a_strangers_header_is_not_believed() {
        let client = Proxies::default().client("192.0.2.1".parse().unwrap(), &forwarded("198.51.100.7"));
        assert_eq!(client.to_string(), "192.0.2.1");
    }

    #[test]
    fn the_last_address_before_our_own_proxies_is_the_client() {
        let ours = Proxies::parse(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]).unwrap();
        for (peer, line, client) in [
            ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("127.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
            ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("2001:db8::1", "198.51.100.7", "198.51.100.7"),
            ("127.0.0.1", "not an address", "127.0.0.1"),
            ("127.0.0.1", "10.0.0.2", "10.0.0.2"),
            ("11.0.0.1", "198.51.100.7", "11.0.0.1"),
        ] {
            assert_eq!(ours.client(peer.parse().unwrap(), &forwarded(line)).to_string(), client, "{peer} {line}");
        }
    }

    #[test]
    fn what_is_not_a_range_is_named() {
        for wrong in ["", "proxy.example", "10.0.0.0/33", "10.0.0.0/x", "::/129"] {
            assert_eq!(Proxies::parse([wrong]).unwrap_err(), wrong.parse::<Network>().unwrap_err());
        }
        assert!(Proxies::parse(["0.0.0.0/0"]).unwrap().holds("192.0.2.1".parse().unwrap()));
        assert!(!Proxies::parse(["0.0.0.0/0"]).unwrap().holds("2001:db8::1".parse().unwrap()));
    }
}
