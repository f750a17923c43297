//! Where a session is used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a session was started: the family of the browser, and the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The family of the browser.
    pub agent: Option<String>,
    /// The address.
    pub ip: Option<IpAddr>,
}

impl Place {
    /// Tells whether a request comes from another browser in another network. People change networks all day, and browsers
    /// now and then; what has changed in both ways is somebody else's until it is proved anew. What is not known has not
    /// changed.
    #[must_use]
    pub fn is_left_for(&self, agent: Option<&str>, ip: Option<IpAddr>) -> bool {
        let other_agent = self.agent.as_deref().zip(agent).is_some_and(|(one, other)| one != other);
        other_agent && self.ip.zip(ip).is_some_and(|(one, other)| network(one) != network(other))
    }
}

/// Returns the network an address belongs to: /24, and /48, of which one site has a whole (RFC 6177).
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_browser_in_another_network_is_another_place() {
        let place = |agent: &str, ip: &str| Place { agent: Some(agent.to_owned()), ip: Some(ip.parse().unwrap()) };
        for (agent, ip, left) in [
            ("Firefox", "203.0.113.7", false),
            ("Firefox", "198.51.100.7", false),
            ("Chrome", "203.0.113.200", false),
            ("Chrome", "::ffff:203.0.113.9", false),
            ("Chrome", "198.51.100.7", true),
            ("Chrome", "2001:db8::1", true),
        ] {
            let ip = ip.parse().unwrap();
            assert_eq!(place("Firefox", "203.0.113.7").is_left_for(Some(agent), Some(ip)), left, "{agent} {ip}");
        }
        let wide = place("Firefox", "2001:db8:1:2::1");
        assert!(!wide.is_left_for(Some("Chrome"), Some("2001:db8:1:ffff::1".parse().unwrap())));
        assert!(wide.is_left_for(Some("Chrome"), Some("2001:db8:2:2::1".parse().unwrap())));
        assert!(!wide.is_left_for(None, Some("192.0.2.1".parse().unwrap())));
        assert!(!wide.is_left_for(Some("Chrome"), None));
        assert!(!Place::default().is_left_for(Some("Chrome"), Some("192.0.2.1".parse().unwrap())));
    }
}
