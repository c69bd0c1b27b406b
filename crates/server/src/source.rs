//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;

use crate::options::Network;

/// The address a request came from: the peer's, or where the peer is a trusted proxy, the last one
/// in `X-Forwarded-For` that is not a trusted proxy itself.
pub(crate) fn source_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.ip().to_canonical();
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut chain: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    while is_trusted(address) {
        match chain.pop().map(|text| text.trim().parse::<IpAddr>()) {
            Some(Ok(before)) => address = before.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        source_address(format!("{peer}:1").parse().unwrap(), &headers, &trusted).to_string()
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
            "10.0.0.1"
        );
        assert_eq!(source("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
