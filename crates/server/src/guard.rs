//! Keeps web pages away from `dev`.
//!
//! `dev` trusts who calls. A page in the developer's browser could use that, and reach it by any
//! name that it lets resolve to this machine. So a request must be meant for this server: by its
//! `Host`, and, where a browser says where it comes from, by `Origin` and `Sec-Fetch-Site`.

use std::net::IpAddr;

use hyper::HeaderMap;

/// What every AWS endpoint's name ends with.
const AWS_SUFFIXES: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".signin.aws.amazon.com",
    ".signin.aws",
];

/// Says why a request is refused, if it is.
pub(crate) fn refusal(
    headers: &HeaderMap,
    host: Option<&str>,
    allowed_hosts: &[String],
) -> Option<&'static str> {
    let Some(host) = host else {
        return Some("the request has no Host");
    };
    if !is_allowed(name_of(host), allowed_hosts) {
        return Some("the Host is not one of this server's names: see --host");
    }
    for origin in headers.get_all(hyper::header::ORIGIN) {
        let is_own = origin.to_str().is_ok_and(|origin| {
            let authority = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"));
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        });
        if !is_own {
            return Some("the Origin is not this server's own");
        }
    }
    for site in headers.get_all("sec-fetch-site") {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Some("the request comes from another site");
        }
    }
    None
}

/// The name in a `Host`, without its port.
fn name_of(host: &str) -> &str {
    if let Some(bracketed) = host.strip_prefix('[') {
        return bracketed
            .split_once(']')
            .map_or(host, |(address, _)| address);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

fn is_allowed(name: &str, allowed_hosts: &[String]) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    name.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || name == "signin.aws.amazon.com"
        || AWS_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || allowed_hosts
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        refusal(&map, Some(host), &["keyward.test".to_owned()]).is_some()
    }

    #[test]
    fn a_request_must_be_meant_for_one_of_the_servers_names() {
        for host in [
            "127.0.0.1:4566",
            "[::1]:4566",
            "10.1.2.3",
            "localhost:4566",
            "LocalHost",
            "iam.localhost:1",
            "iam.amazonaws.com",
            "sts.eu-west-1.amazonaws.com:443",
            "iam.global.api.aws",
            "keyward.test:4566",
            "Keyward.Test.",
        ] {
            assert!(!refused(host, &[]), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.example",
            "amazonaws.com.evil.example",
            "xamazonaws.com",
            "",
            "keyward.test.evil.example",
            "127.0.0.1:80:80",
        ] {
            assert!(refused(host, &[]), "{host}");
        }
        assert!(refusal(&HeaderMap::new(), None, &[]).is_some());
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let host = "localhost:4566";
        assert!(!refused(host, &[("origin", "http://localhost:4566")]));
        for origin in [
            "http://localhost",
            "http://localhost:80",
            "https://evil.example",
            "null",
            "http://localhost:45666",
        ] {
            assert!(refused(host, &[("origin", origin)]), "{origin}");
        }
        assert!(!refused(host, &[("sec-fetch-site", "same-origin")]));
        assert!(!refused(host, &[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", ""] {
            assert!(refused(host, &[("sec-fetch-site", site)]), "{site}");
        }
    }
}
