//! Where a request comes from, and how.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{REFERER, USER_AGENT};
use keyward_authorization::{RequestContext, Tls};
use keyward_names::Network;

/// Who is at the other end of a connection.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Where the server itself speaks TLS.
    pub(crate) tls: Option<Tls>,
}

/// Where a request comes from, and how it came.
pub(crate) struct Origin {
    /// The address it came from.
    pub(crate) source: IpAddr,
    /// What policies may ask about it.
    pub(crate) request_context: RequestContext,
}

impl Origin {
    /// What is known of a request that came from a peer, over TLS or not. A trusted proxy is believed
    /// where it says who came to it, and how.
    pub(crate) fn new(
        peer: SocketAddr,
        headers: &HeaderMap,
        trusted: &[Network],
        is_tls: bool,
    ) -> Self {
        let (source, is_known) = source_address(peer, headers, trusted);
        let text = |name| {
            let value = headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let is_proxy = trusted
            .iter()
            .any(|network| network.contains(peer.ip().to_canonical()));
        let is_secure = is_tls
            || is_proxy
                && headers
                    .get_all("x-forwarded-proto")
                    .iter()
                    .next_back()
                    .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"));
        Self {
            source,
            request_context: RequestContext {
                // Where a proxy named the client in a way that can't be read, the address that is left is
                // the proxy's: policies must not take the client for it.
                source: is_known.then_some(source),
                is_secure,
                user_agent: text(USER_AGENT),
                referer: text(REFERER),
                region: None,
                signed_in: None,
                ..RequestContext::default()
            },
        }
    }
}

/// The address a request came from: the peer's, or where the peer is a trusted proxy, the last one
/// in `X-Forwarded-For` that is not a trusted proxy itself. With it, whether all that a proxy said on the
/// way could be read.
fn source_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> (IpAddr, bool) {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.ip().to_canonical();
    // What can't be read stands in the chain all the same: a line that was passed over would let one
    // before it be taken for what the proxy said.
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Vec<_> = lines
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let mut chain: Vec<&str> = lines.iter().flat_map(|value| value.split(',')).collect();
    while is_trusted(address) {
        match chain.pop().map(address_of) {
            Some(Some(before)) => address = before.to_canonical(),
            Some(None) => return (address, false),
            None => break,
        }
    }
    (address, true)
}

/// An address, which some proxies give with the port, or in brackets.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let value = hyper::header::HeaderValue::from_bytes(value.as_bytes());
            headers.append("x-forwarded-for", value.unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let (source, is_known) =
            source_address(format!("{peer}:1").parse().unwrap(), &headers, &trusted);
        format!("{source}{}", if is_known { "" } else { "?" })
    }

    #[test]
    fn a_request_is_secure_by_tls_or_by_the_word_of_a_trusted_proxy() {
        let is_secure = |peer: &str, protocol: &str, is_tls| {
            let mut headers = HeaderMap::new();
            headers.append("x-forwarded-proto", protocol.parse().unwrap());
            let trusted = ["10.0.0.0/8".parse().unwrap()];
            let peer = format!("{peer}:1").parse().unwrap();
            Origin::new(peer, &headers, &trusted, is_tls)
                .request_context
                .is_secure
        };
        assert!(is_secure("1.1.1.1", "http", true));
        assert!(is_secure("10.0.0.1", "https", false));
        assert!(!is_secure("10.0.0.1", "http", false));
        assert!(!is_secure("1.1.1.1", "https", false));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(source("1.1.1.1", &["2.2.2.2"], &[]), "1.1.1.1");
        assert_eq!(source("10.0.0.1", &["2.2.2.2"], &["10.0.0.0/8"]), "2.2.2.2");
        assert_eq!(
            source("10.0.0.1", &["6.6.6.6, 2.2.2.2, 10.0.0.2"], &["10.0.0.0/8"]),
            "2.2.2.2"
        );
        assert_eq!(
            source("10.0.0.1", &["6.6.6.6", "2.2.2.2"], &["10.0.0.0/8"]),
            "2.2.2.2"
        );
        assert_eq!(
            source("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]),
            "10.0.0.1?"
        );
        assert_eq!(source("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(
            source("10.0.0.1", &["[2001:db8::1]"], &["10.0.0.0/8"]),
            "2001:db8::1"
        );
        for unreadable in ["é", "é, 10.0.0.2"] {
            let forwarded = ["6.6.6.6", unreadable];
            assert_eq!(
                source("10.0.0.1", &forwarded, &["10.0.0.1"]),
                if unreadable == "é" {
                    "10.0.0.1?"
                } else {
                    "10.0.0.2"
                }
            );
        }
        for with_port in ["2.2.2.2:443", "[2001:db8::1]:443"] {
            let found = source("10.0.0.1", &[with_port], &["10.0.0.0/8"]);
            assert!(with_port.contains(&found), "{found}");
        }
    }
}
