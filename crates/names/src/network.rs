//! Networks: what operators name where addresses are trusted or allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

use crate::ParseError;

/// The addresses of a network, `10.0.0.0/8`, or one address, `::1`.
///
/// An IPv4 address that is mapped into IPv6 is an IPv4 address. IPv4 addresses are in no IPv6 network,
/// and IPv6 addresses in no IPv4 network.
///
/// ```
/// use keyward_names::Network;
///
/// let network: Network = "10.0.0.0/8".parse().unwrap();
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// assert!(!network.contains("11.0.0.1".parse().unwrap()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// The loopback addresses of IPv4: `127.0.0.0/8`.
    pub const LOOPBACK_V4: Self = Self(IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8)));
    /// The loopback address of IPv6: `::1`.
    pub const LOOPBACK_V6: Self = Self(IpNet::V6(ipnet::Ipv6Net::new_assert(
        Ipv6Addr::LOCALHOST,
        128,
    )));

    /// Reads a network, or an address. Bits behind the prefix are ignored.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let network = network.map_err(|_| ParseError::new("a network such as `10.0.0.0/8`"))?;
        Ok(Self(unmapped(network)))
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

/// The network itself, or the IPv4 network where it is one that is mapped into IPv6.
fn unmapped(network: IpNet) -> IpNet {
    const MAPPED_BITS: u8 = 96;
    if let (IpAddr::V6(address), Some(prefix)) = (
        network.addr(),
        network.prefix_len().checked_sub(MAPPED_BITS),
    ) && let Some(address) = address.to_ipv4_mapped()
        && let Ok(network) = Ipv4Net::new(address, prefix)
    {
        return network.into();
    }
    network
}

impl FromStr for Network {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, inside: &[&str], outside: &[&str]) {
        let network = Network::parse(network).unwrap();
        for (addresses, is_inside) in [(inside, true), (outside, false)] {
            for address in addresses {
                let found = network.contains(address.parse().unwrap());
                assert_eq!(found, is_inside, "{address}");
            }
        }
    }

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        check(
            "10.0.0.0/8",
            &["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"],
            &[
                "9.255.255.255",
                "11.0.0.0",
                "::10.0.0.1",
                "64:ff9b::10.0.0.1",
            ],
        );
        check("10.1.2.3/8", &["10.9.9.9"], &["11.1.2.3"]);
        check("10.1.2.3", &["10.1.2.3"], &["10.1.2.2"]);
        check("0.0.0.0/0", &["255.1.2.3"], &["::1"]);
        check("fd00::/8", &["fdff::1"], &["fc00::1", "10.0.0.1"]);
        check("::1", &["::1"], &["::2", "0.0.0.1"]);
        check("::/0", &["::1", "ffff::"], &["1.2.3.4", "::ffff:1.2.3.4"]);
        check("::ffff:10.0.0.0/104", &["10.1.1.1"], &["11.1.1.1", "::1"]);
    }

    #[test]
    fn other_texts_are_no_networks() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "::/129",
            "fd00::/129",
            "a/8",
            "256.1.1.1",
            "[::1]",
            " ::1",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }
}
