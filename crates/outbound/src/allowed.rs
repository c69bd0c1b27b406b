//! What an operator allows to be called: hosts and networks.

use std::str::FromStr;

use keyward_names::Network;
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

impl FromStr for Allowed {
    type Err = AllowedError;

    /// Reads `id.example.com`, `10.1.2.3`, `fd00::1`, `10.0.0.0/8` or `fd00::/8`.
    fn from_str(text: &str) -> Result<Self, AllowedError> {
        if let Ok(network) = Network::parse(text) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
