//! What an operator allows to be called: hosts and networks.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use rustls_pki_types::DnsName;

/// A host or a network that may be called though it is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A host by its exact name, whatever addresses it has. Case does not matter.
    Host(String),
    /// All addresses of a network, whatever name led to them.
    Network(Network),
}

/// A text that is neither a host name nor an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a host name nor an IP address nor a network such as `10.0.0.0/8`")]
pub struct AllowedError;

/// A network: an address and how many of its first bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// INVARIANT: the prefix is at most 128; upheld by `parse` and `new`.
pub struct Network {
    /// IPv4 addresses are taken in their mapped form, so that there is one kind of address.
    address: u128,
    prefix: u32,
}

impl FromStr for Allowed {
    type Err = AllowedError;

    /// Reads `id.example.com`, `10.1.2.3`, `fd00::1`, `10.0.0.0/8` or `fd00::/8`.
    fn from_str(text: &str) -> Result<Self, AllowedError> {
        if let Some(network) = Network::parse(text) {
            return Ok(Self::Network(network));
        }
        // A name of nothing but digits and full stops is an address that went wrong.
        let is_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        if text.bytes().all(is_number) || DnsName::try_from(text).is_err() {
            return Err(AllowedError);
        }
        Ok(Self::Host(text.to_owned()))
    }
}

impl Network {
    pub(crate) const fn new(address: Ipv6Addr, prefix: u32) -> Self {
        assert!(prefix <= 128, "an address has 128 bits");
        Self {
            address: address.to_bits(),
            prefix,
        }
    }

    /// A network, or an address for a network of one.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let prefix = match prefix {
            None => bits,
            Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => {
                prefix.parse().ok().filter(|prefix| *prefix <= bits)?
            }
            Some(_) => return None,
        };
        Some(Self {
            address: mapped(address),
            prefix: prefix + 128 - bits,
        })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let differing = self.address ^ mapped(address);
        differing.leading_zeros() >= self.prefix
    }
}

fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, inside: &[&str], outside: &[&str]) {
        let Ok(Allowed::Network(network)) = network.parse() else {
            panic!("{network} is a network");
        };
        for (addresses, is_inside) in [(inside, true), (outside, false)] {
            for address in addresses {
                let found = network.contains(address.parse().unwrap());
                assert_eq!(found, is_inside, "{address}");
            }
        }
    }

    #[test]
    fn networks_hold_their_addresses() {
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
        check("::/0", &["::1", "ffff::", "1.2.3.4"], &[]);
    }

    #[test]
    fn hosts_are_names() {
        for host in ["localhost", "id.example.com", "ID.example.com", "a-b.1c"] {
            assert_eq!(host.parse(), Ok(Allowed::Host(host.to_owned())));
        }
        for text in [
            "",
            ".",
            "a b",
            "https://a",
            "a:443",
            "*.example.com",
            "10.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "fd00::/129",
            "a/8",
            "256.1.1.1",
            "[::1]",
        ] {
            assert_eq!(text.parse::<Allowed>(), Err(AllowedError), "{text}");
        }
    }
}
