//! Keeps web pages away from `dev`.
//!
//! `dev` trusts who calls. A page in the developer's browser could use that, and reach it by any
//! name that it lets resolve to this machine. So a request must be meant for this server: by its
//! `Host`, and, where a browser says where it comes from, by `Origin` and `Sec-Fetch-Site`.
//!
//! What a page embeds (an image, say) has no `Origin`, and over plain HTTP browsers send
//! `Sec-Fetch-Site` only to loopback addresses and `localhost`. By any other name that passes, what
//! calls itself a browser and says nothing of where it comes from may only look at pages: looking at
//! them changes nothing. So a link on another site may lead to a page, too, but nothing else.

use std::net::{IpAddr, Ipv4Addr};

use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};

use crate::pages::Page;
use crate::{hosts, issuer, received};

/// Says why a request is refused, if it is. The server listens on `address`.
pub(crate) fn refusal(
    head: &Parts,
    address: IpAddr,
    allowed_hosts: &[String],
) -> Option<&'static str> {
    let Some(host) = received::host(head) else {
        return Some("the request has no Host");
    };
    let standing = standing(&hosts::name_of(host), address, allowed_hosts);
    if standing == Standing::Foreign {
        return Some("the Host is not one of this server's names: see --host");
    }
    let origins = head.headers.get_all(hyper::header::ORIGIN);
    for origin in &origins {
        if !hosts::is_origin_of(origin, host) {
            return Some("the Origin is not this server's own");
        }
    }
    let sites = head.headers.get_all("sec-fetch-site");
    for site in &sites {
        if is_link_to_page(head) {
            break;
        }
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Some("the request comes from another site");
        }
    }
    let is_silent = origins.iter().next().is_none() && sites.iter().next().is_none();
    let only_looks = is_look(&head.method) && (head.uri.query().is_none() || is_page(head));
    // Browsers of today say it, at least to loopback; old ones say nothing to anybody.
    if is_silent && !only_looks && is_browser(&head.headers) {
        return Some(
            "a browser does not say where the request comes from: use a newer one, at localhost",
        );
    }
    None
}

/// Whether a person followed a link, or typed the address, of a page or of the front door. Only
/// what fills a whole tab counts: nothing that a page embeds or fetches.
fn is_link_to_page(head: &Parts) -> bool {
    let says = |name: &str, value: &str| {
        let said = head.headers.get(name);
        said.is_some_and(|said| said.as_bytes() == value.as_bytes())
    };
    let is_front_door = head.uri.path() == "/" && head.uri.query().is_none();
    is_look(&head.method)
        && (is_page(head) || is_front_door)
        && says("sec-fetch-mode", "navigate")
        && says("sec-fetch-dest", "document")
}

fn is_page(head: &Parts) -> bool {
    Page::at(head.uri.path()).is_some()
}

fn is_look(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// What a name in `Host` is to this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// One of the server's names.
    Own,
    /// None of its names.
    Foreign,
}

fn standing(name: &str, address: IpAddr, allowed_hosts: &[String]) -> Standing {
    let is_allowed = || {
        allowed_hosts
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(name))
    };
    if hosts::is_loopback_name(name) {
        return Standing::Own;
    }
    let said = name.parse::<IpAddr>().ok();
    let is_own = match said {
        Some(said) => said == address || !is_disguised(said),
        None => is_aws_endpoint(name),
    };
    if is_own || is_allowed() {
        Standing::Own
    } else {
        Standing::Foreign
    }
}

/// Whether an address that does not look like one of this machine can lead to it all the same: the
/// unspecified ones, and IPv4 addresses written as IPv6. Any other address that is not a loopback
/// one reaches the server only with `--allow-remote`, and is its own then.
fn is_disguised(said: IpAddr) -> bool {
    match said {
        IpAddr::V4(said) => said == Ipv4Addr::UNSPECIFIED,
        // `::`, `::ffff:127.0.0.1`, `::127.0.0.1`
        IpAddr::V6(said) => said.to_ipv4().is_some(),
    }
}

/// Whether a name is that of an endpoint of IAM, STS or sign-in, or of an issuer of tokens. Other
/// names under the same suffixes, such as those of buckets and load balancers, are anybody's.
fn is_aws_endpoint(name: &str) -> bool {
    if let Some(before) = name.strip_suffix(".signin.aws.amazon.com") {
        return hosts::is_label(before);
    }
    if let Some(before) = name.strip_suffix(".signin.aws") {
        return hosts::is_region(before.strip_suffix(".oauth").unwrap_or(before));
    }
    if name == "signin.aws.amazon.com" || issuer::is_issuer(name) {
        return true;
    }
    let suffixes = [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".api.aws",
        ".api.amazonwebservices.com.cn",
    ];
    let endpoint = suffixes
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or_default();
    let (service, region) = endpoint
        .split_once('.')
        .map_or((endpoint, None), |(service, region)| {
            (service, Some(region))
        });
    let is_served = matches!(service, "iam" | "iam-fips" | "sts" | "sts-fips" | "signin");
    is_served
        && region
            .is_none_or(|region| matches!(region, "global" | "us-gov") || hosts::is_region(region))
}

/// Every browser calls itself so, and no SDK does.
fn is_browser(headers: &HeaderMap) -> bool {
    headers
        .get_all(hyper::header::USER_AGENT)
        .iter()
        .any(|agent| agent.as_bytes().starts_with(b"Mozilla/"))
}

#[cfg(test)]
mod tests;
