//! For fuzz targets only: what reads the texts of strangers, without a connection around it.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue, SET_COOKIE};

use crate::origin::Origin;
use crate::pages::fuzzing as pages;

/// Reads what the head of a request says: where it comes from, and its cookies. Names and values that are
/// no header are passed over, as HTTP refuses them.
pub fn head(fields: &[(&str, &[u8])], peer: [u8; 4], is_tls: bool) {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    let peer = SocketAddr::new(IpAddr::from(peer), 1);
    let trusted = ["10.0.0.0/8", "127.0.0.1"].map(|text| text.parse());
    let trusted: Vec<_> = trusted.into_iter().flatten().collect();
    let origin = Origin::new(peer, &headers, &trusted, is_tls);
    assert!(
        origin
            .request_context
            .source
            .is_none_or(|source| source == origin.source),
        "policies see another address"
    );
    if !peer.ip().is_loopback() && !trusted.iter().any(|network| network.contains(peer.ip())) {
        assert_eq!(origin.source, peer.ip(), "a stranger is believed");
    }
    let mut answer = HeaderMap::new();
    pages::cookies(headers, is_tls, &mut answer);
    assert!(
        answer.get_all(SET_COOKIE).iter().count() > 0,
        "a cookie is no header"
    );
}

/// Reads the fields of a query and of a form.
pub fn fields(query: &str, body: &[u8]) {
    let location = pages::fields(query, body);
    assert!(
        HeaderValue::try_from(&location).is_ok(),
        "{location} is no header"
    );
}
