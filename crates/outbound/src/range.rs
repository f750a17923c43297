//! Which addresses belong to the internet.
//!
//! The lists are those of the IANA special-purpose address registries (RFC 6890 and its updates): what they do not call
//! globally reachable is not public here. Of IPv6 only 2000::/3 is handed out, so everything else is refused without a list.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Tells whether an address is one of the internet's. An IPv4 address inside an IPv6 one counts as what it is.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match embedded(ip) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(ip),
        },
    }
}

/// Tells whether an address is refused even where the operator allows private ones: nobody means a group of machines, no
/// address at all, or what gives a cloud machine's credentials to whoever asks.
pub(crate) fn is_never(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_never_v4(ip),
        IpAddr::V6(ip) => {
            embedded(ip).is_some_and(is_never_v4)
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unicast_link_local()
                || ip == METADATA_V6
        }
    }
}

/// Tells whether an address is this very machine's.
pub(crate) fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Where Amazon's machines ask for their credentials over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);
/// Where Azure's, Alibaba's and Oracle's machines ask, outside the link-local range.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];

fn is_never_v4(ip: Ipv4Addr) -> bool {
    ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast() || ip.is_link_local() || METADATA_V4.contains(&ip)
}

/// Address and length of the prefixes that are not globally reachable.
const V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network (RFC 791)
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private (RFC 1918)
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier-grade NAT (RFC 6598)
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, metadata of most clouds (RFC 3927)
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments (RFC 6890)
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation (RFC 5737)
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays, withdrawn (RFC 7526)
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks (RFC 2544)
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 3),      // multicast, reserved, broadcast
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's own, though of a public range
];

const V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo among them (RFC 2928)
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32), // documentation (RFC 3849)
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, withdrawn
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation (RFC 9637)
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !V4.iter().any(|(net, bits)| ip.to_bits() >> (32 - bits) == net.to_bits() >> (32 - bits))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let global = ip.to_bits() >> 125 == 0b001;
    global && !V6.iter().any(|(net, bits)| ip.to_bits() >> (128 - bits) == net.to_bits() >> (128 - bits))
}

/// Returns the IPv4 address that an IPv6 one leads to: mapped (RFC 4291 §2.5.5.2) or translated (RFC 6052 §2.1).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = Ipv4Addr::from_bits(u32::try_from(ip.to_bits() & 0xffff_ffff).ok()?);
    let translated = ip.to_bits() >> 32 == 0x0064_ff9b_u128 << 64;
    ip.to_ipv4_mapped().or(translated.then_some(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_the_internets_is_not_public_in_any_spelling() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:a9fe:a9fe",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(!is_public(ip(private)), "{private}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "168.63.129.15",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
            "2400::1",
        ] {
            assert!(is_public(ip(public)), "{public}");
        }
    }

    #[test]
    fn what_hands_out_credentials_is_refused_whatever_is_allowed() {
        for never in [
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "fd00:ec2::254",
            "fe80::a9fe:a9fe",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::",
            "ff02::1",
        ] {
            assert!(is_never(ip(never)), "{never}");
        }
        for private in ["127.0.0.1", "10.0.0.1", "192.168.0.1", "fd00::1", "::1"] {
            assert!(!is_never(ip(private)), "{private}");
        }
    }
}
