//! URLs of OpenID Connect providers.

use keyward_faults::{Fault, fault};

/// A URL as it is kept and as ARNs have it: without `https://` and a port of 443. The case of the
/// host and a slash at the end are significant (seen at AWS).
pub(crate) fn kept_url(url: &str) -> Result<Box<str>, Fault> {
    let rest = without_scheme(url).ok_or_else(fault::invalid_oidc_url)?;
    if rest.contains(['?', '#']) {
        return Err(fault::oidc_url_with_query());
    }
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at_checked(slash).unwrap_or((rest, "")),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (authority, None),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0);
    let is_good = is_host(host)
        && !is_key_prefix(host)
        && port.is_none_or(is_port)
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_good {
        return Err(fault::invalid_oidc_url());
    }
    Ok(match port {
        Some("443") => format!("{host}{path}").into(),
        Some(_) | None => rest.into(),
    })
}

/// Whether claims of a provider at this host would fill context keys that mean something else: its claims
/// are the keys `HOST:claim`, which have no case.
fn is_key_prefix(host: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "aws",
        "iam",
        "sts",
        "saml",
        "s3",
        "ec2",
        "kms",
        "sns",
        "sqs",
        "ecr",
        "ecs",
        "eks",
        "rds",
        "logs",
        "lambda",
        "dynamodb",
        "events",
        "states",
        "signin",
        "sso",
        "ssm",
        "organizations",
    ];
    PREFIXES
        .iter()
        .any(|prefix| prefix.eq_ignore_ascii_case(host))
}

/// The rest after `https://`, which is compared without case (unsure).
pub(crate) fn without_scheme(url: &str) -> Option<&str> {
    const SCHEME: &str = "https://";
    let (scheme, rest) = url.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

/// Whether this is a host name or an IP address, IPv6 in brackets.
fn is_host(host: &str) -> bool {
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            !host.is_empty() && host.bytes().all(is_usual)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scheme_and_its_own_port_go() {
        for (url, kept) in [
            ("https://a.example", "a.example"),
            ("https://A.example/", "A.example/"),
            ("https://a.example:443", "a.example"),
            ("https://a.example:443/realms/x", "a.example/realms/x"),
            ("https://a.example:8443/x", "a.example:8443/x"),
            ("https://[::1]:443/x", "[::1]/x"),
            ("https://[::1]", "[::1]"),
            ("https://localhost", "localhost"),
            ("https://aws.example", "aws.example"),
            ("https://a.example/x:443", "a.example/x:443"),
        ] {
            assert_eq!(&*kept_url(url).unwrap(), kept);
        }
    }

    #[test]
    fn what_is_no_url_of_a_provider_is_refused() {
        for url in [
            "http://a.example",
            "a.example",
            "https://",
            "https:///x",
            "https://:443",
            "https://a.example:",
            "https://a.example:x",
            "https://a.example:70000",
            "https://u@a.example",
            "https://a b.example",
            "https://é.example",
            "https://a.example/é",
            "https://aws",
            "https://AWS/x",
            "https://saml:443",
            "https://sts/",
            "https://a.example/\\",
            "https://[x]",
            "httpsé//a",
        ] {
            let fault = kept_url(url).unwrap_err();
            assert_eq!(
                fault.message(),
                Some("Invalid Open ID Connect Provider URL"),
                "{url}"
            );
        }
        for url in ["https://a.example?x", "https://a.example/x#", "https://?"] {
            assert_eq!(kept_url(url).unwrap_err().message(), None, "{url}");
        }
    }
}
