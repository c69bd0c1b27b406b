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
    if standing == Standing::Own && is_silent && !only_looks && is_browser(&head.headers) {
        return Some("a browser does not say where the request comes from: use localhost");
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
    /// Browsers trust it as this machine's own, and say where a request to it comes from.
    Loopback,
    /// One of the server's names, to which browsers may say nothing.
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
        return Standing::Loopback;
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

/// Whether an address can mean this machine without looking so. Others than loopback ones reach the
/// server only with `--allow-remote`, and then they are its own.
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
mod tests {
    use super::*;

    const LISTENS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn refused(host: &str, headers: &[(&'static str, &str)]) -> bool {
        request_refused("POST /", host, headers, LISTENS)
    }

    fn request_refused(
        line: &str,
        host: &str,
        headers: &[(&'static str, &str)],
        listens: IpAddr,
    ) -> bool {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(target)
            .header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        refusal(&head, listens, &["keyward.test".to_owned()]).is_some()
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
        let (head, ()) = hyper::Request::new(()).into_parts();
        assert!(refusal(&head, LISTENS, &[]).is_some());
    }

    #[test]
    fn an_address_that_only_means_this_machine_is_none_of_its_names() {
        let disguised = [
            "0.0.0.0:4566",
            "[::]:4566",
            "[::ffff:127.0.0.1]:4566",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[::ffff:10.1.2.3]",
        ];
        for host in disguised {
            assert!(refused(host, &[]), "{host}");
        }
        // But where the server was told to listen there, it says so itself in its banner.
        let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        assert!(!request_refused("POST /", "0.0.0.0:1", &[], everywhere));
        assert!(request_refused("POST /", "[::]:1", &[], everywhere));
    }

    #[test]
    fn of_aws_names_only_those_of_the_served_endpoints_pass() {
        for host in [
            "iam.amazonaws.com",
            "iam-fips.amazonaws.com",
            "iam.us-gov.amazonaws.com",
            "iam.global.api.aws",
            "iam.cn-north-1.amazonaws.com.cn",
            "sts.amazonaws.com",
            "sts.eu-west-1.amazonaws.com",
            "sts.cn-north-1.amazonaws.com.cn",
            "sts-fips.us-gov-west-1.amazonaws.com",
            "sts.ap-southeast-2.api.aws",
            "signin.eu-west-1.api.aws",
            "signin.aws.amazon.com",
            "eu-west-1.signin.aws.amazon.com",
            "eu-west-1.signin.aws",
            "eu-west-1.oauth.signin.aws",
        ] {
            assert!(!refused(host, &[]), "{host}");
        }
        for host in [
            "evil.s3.amazonaws.com",
            "iam.s3.amazonaws.com",
            "sts.s3-website-us-east-1.amazonaws.com",
            "iam.s3-us-west-2.amazonaws.com",
            "evil-1.us-east-1.elb.amazonaws.com",
            "sts.us-east-1.elb.amazonaws.com",
            "ec2-1-2-3-4.us-west-2.compute.amazonaws.com",
            "evil.execute-api.us-east-1.amazonaws.com",
            "evil.amazonaws.com",
            "amazonaws.com",
            ".amazonaws.com",
            "iam..amazonaws.com",
            "evil.api.aws",
            "evil.example.signin.aws",
            "signin.aws",
        ] {
            assert!(refused(host, &[]), "{host}");
        }
    }

    #[test]
    fn a_browser_that_says_nothing_of_where_it_comes_from_may_only_look() {
        let browser = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)");
        let sdk = ("user-agent", "Boto3/1.44.5 md/Botocore#1.44.5");
        let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let embedded = "GET /?Action=CreateUser&UserName=Mallory&Version=2010-05-08";
        for host in ["10.1.2.3:4566", "[fd00::1]", "keyward.test", "0.0.0.0:1"] {
            let refused = |line: &str, headers: &[(&'static str, &str)]| {
                request_refused(line, host, headers, everywhere)
            };
            assert!(refused(embedded, &[browser]), "{host}");
            assert!(refused("POST /_keyward/reset", &[browser]), "{host}");
            assert!(!refused("GET /", &[browser]), "{host}");
            assert!(!refused(embedded, &[sdk]), "{host}");
            assert!(!refused(embedded, &[]), "{host}");
            assert!(!refused(embedded, &[browser, ("sec-fetch-site", "none")]));
            let own = format!("http://{host}");
            assert!(!refused("POST /", &[browser, ("origin", &own)]), "{host}");
        }
        // To these a browser always says it.
        for host in ["localhost:4566", "iam.localhost", "127.0.0.1", "[::1]:4566"] {
            let headers = [browser];
            assert!(
                !request_refused(embedded, host, &headers, LISTENS),
                "{host}"
            );
        }
    }

    #[test]
    fn a_browser_that_says_nothing_may_look_at_pages_by_any_name() {
        let browser = [("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")];
        let refused = |line: &str| request_refused(line, "10.1.2.3:4566", &browser, LISTENS);
        for line in [
            "GET /signin?account=acme",
            "HEAD /console?account=acme",
            "GET /console?changed",
            "GET /signin/keyward.css?1",
        ] {
            assert!(!refused(line), "{line}");
        }
        for line in [
            "POST /signin?account=acme",
            "POST /signout",
            "GET /_keyward/clock?x",
            "GET /signin/other?x",
            "GET //signin?x",
            "GET /?account=acme",
        ] {
            assert!(refused(line), "{line}");
        }
    }

    #[test]
    fn a_link_on_another_site_may_lead_to_a_page_and_do_nothing_else() {
        let refused = |line: &str, mode: &str, destination: &str, host: &str| {
            let headers = [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", destination),
            ];
            request_refused(line, host, &headers, LISTENS)
        };
        for line in ["GET /", "GET /console?account=acme", "HEAD /signin"] {
            for host in ["localhost:4566", "keyward.test"] {
                assert!(!refused(line, "navigate", "document", host), "{line}");
            }
            assert!(refused(line, "navigate", "iframe", "localhost"), "{line}");
            assert!(refused(line, "no-cors", "image", "localhost"), "{line}");
            assert!(refused(line, "cors", "empty", "localhost"), "{line}");
            assert!(refused(line, "navigate", "document", "evil.example"));
        }
        for line in [
            "POST /signin",
            "POST /",
            "GET /?Action=CreateUser&UserName=Mallory&Version=2010-05-08",
            "GET /_keyward/clock",
        ] {
            assert!(refused(line, "navigate", "document", "localhost"), "{line}");
        }
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
