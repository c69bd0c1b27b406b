//! Names of hosts, as `Host` and `Origin` have them.

use std::net::IpAddr;

use hyper::header::HeaderValue;

/// Whether a `Host` names this machine itself, as browsers see it.
pub(crate) fn is_loopback(host: &str) -> bool {
    is_loopback_name(&name_of(host))
}

/// Whether an `Origin` is that of the pages under a `Host`.
pub(crate) fn is_origin_of(origin: &HeaderValue, host: &str) -> bool {
    origin.to_str().is_ok_and(|origin| {
        let authority = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    })
}

/// The port in a `Host`, if it has one.
pub(crate) fn port_of(host: &str) -> Option<u16> {
    let (_, port) = host.rsplit_once(':')?;
    port.parse().ok()
}

/// The same for a name without a port, in lower case.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    name.parse::<IpAddr>().map_or_else(
        |_| name == "localhost" || name.ends_with(".localhost"),
        |said| said.is_loopback(),
    )
}

/// The name in a `Host`, without its port, in lower case.
pub(crate) fn name_of(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed
            .split_once(']')
            .map_or(host, |(address, _)| address),
        None => match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) | None => host,
        },
    };
    let name = name.to_ascii_lowercase();
    name.strip_suffix('.').map_or(name.clone(), str::to_owned)
}

/// `eu-west-1`, `us-gov-west-1`: letters first and digits last.
pub(crate) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or_default();
    is_label(text)
        && !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && !last.is_empty()
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can be one label of a name.
pub(crate) fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_stands_after_the_last_colon() {
        for (host, port) in [
            ("localhost:4566", Some(4566)),
            ("[::1]:80", Some(80)),
            ("localhost", None),
            ("[::1]", None),
            ("localhost:99999", None),
            ("localhost:", None),
        ] {
            assert_eq!(port_of(host), port, "{host}");
        }
    }
}
