//! Addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    V4 { bits: u32, mask: u32 },
    V6 { bits: u128, mask: u128 },
}

impl Network {
    /// Reads an address or a network with its length, `10.0.0.0/8`. Octets and lengths may begin with
    /// zeros, a length with a plus. Of an IPv4 network, the bits behind the length are ignored; an IPv6
    /// network that has any, or that is written with dots, is none (seen at AWS).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(parse_length(length)?)),
            None => (text, None),
        };
        if let Some(address) = v4(address) {
            let length = length.unwrap_or(32);
            let mask = u32::MAX
                .checked_shl(32_u32.checked_sub(length)?)
                .unwrap_or(0);
            let bits = address.to_bits() & mask;
            return Some(Self::V4 { bits, mask });
        }
        if address.contains('.') {
            return None;
        }
        let bits = v6(address)?.to_bits();
        let length = length.unwrap_or(128);
        let mask = u128::MAX
            .checked_shl(128_u32.checked_sub(length)?)
            .unwrap_or(0);
        (bits & mask == bits).then_some(Self::V6 { bits, mask })
    }

    /// Whether an address is in it. IPv4 addresses are in no IPv6 network, nor the other way round.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { bits, mask }, IpAddr::V4(address)) => address.to_bits() & mask == bits,
            (Self::V6 { bits, mask }, IpAddr::V6(address)) => address.to_bits() & mask == bits,
            (Self::V4 { .. }, IpAddr::V6(_)) | (Self::V6 { .. }, IpAddr::V4(_)) => false,
        }
    }
}

/// Reads a request's address. An IPv4 address that is mapped into IPv6 is an IPv4 address (seen at AWS).
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let address = v4(text).map(IpAddr::V4);
    address.or_else(|| Some(IpAddr::V6(v6(text)?).to_canonical()))
}

/// Four octets, each of at most as many digits as a number of 32 bits has. They are decimal, also those
/// that begin with a zero (unsure).
fn v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = text.split('.').map(|octet| number(octet, u8::MAX.into()));
    let mut next = || u8::try_from(octets.next()??).ok();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    octets.next().is_none().then_some(address)
}

/// The longest text of an IPv6 address, and what may be too much of it.
const LONGEST: usize = 48;

/// Reads an IPv6 address. A colon at its end is ignored, and three in a row are two (seen at AWS).
fn v6(text: &str) -> Option<Ipv6Addr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let (mut kept, mut length) = ([0; LONGEST], 0);
    let bytes = text.as_bytes();
    if bytes.len() > LONGEST {
        return None;
    }
    let mut rest = bytes;
    let mut has_three = false;
    while let [byte, after @ ..] = rest {
        rest = match rest {
            // But once.
            [b':', b':', b':', more @ ..] if !has_three && more.first() != Some(&b':') => {
                has_three = true;
                after
            }
            [b':'] if length > 0 && kept.get(length - 1) != Some(&b':') => break,
            _ => {
                *kept.get_mut(length)? = *byte;
                length += 1;
                after
            }
        };
    }
    let kept = kept.get(..length)?;
    std::str::from_utf8(kept).ok()?.parse().ok()
}

fn parse_length(text: &str) -> Option<u32> {
    number(text.strip_prefix('+').unwrap_or(text), 128)
}

/// A number of digits alone, at most `most`.
fn number(text: &str, most: u32) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_the_addresses_that_begin_as_they_do() {
        for (network, text, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "203.0.113.9", false),
            ("::/0", "::ffff:203.0.113.9", false),
            ("203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("203.0.113.0/24", "::ffff:cb00:7109", true),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("2001:DB8::/32", "2001:db9::", false),
            ("2001:db8::1", "2001:db8:0:0::1", true),
            ("192.000.002.0/024", "192.0.2.7", true),
            ("192.0.2.0/+24", "192.000.002.007", true),
            ("192.0.2.8", "192.0.2.010", false),
            ("192.0.2.10", "192.0.2.010", true),
            ("2001:db8:::1", "2001:db8::1", true),
            ("2001:db8::/+32", "2001:db8::1:", true),
            ("2001:db8:0:0:0:0:0:1:", "2001:db8::1", true),
        ] {
            let network = Network::parse(network).unwrap();
            assert_eq!(
                network.contains(address(text).unwrap()),
                expected,
                "{network:?} {text}"
            );
        }
    }

    #[test]
    fn other_texts_are_no_networks() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/++8",
            "10.0.0.0/+",
            "10.0.0.0.0",
            "10.0..0",
            "10.0.0.+1",
            "2001:db8::::1",
            "2001:db8:::1:::",
            ":",
            "2001:db8::/129",
            "2001:db8::1/32",
            "::ffff:10.0.0.1",
            "::ffff:10.0.0.0/104",
            "host",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
        for text in ["", "10.0.0.0/8", "fe80::1%eth0", "unknown"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
