//! Forms, queries and heads of requests for pages: never a panic whatever comes; a form's fields are read
//! as another reader reads them; an account from a query can't leave the place that it is shown in; what
//! clients write in front of `X-Forwarded-For` moves nobody; and `dev` serves no other site.
//!
//! An input is a request without its method: a line with the target, the lines of the head, an empty line
//! and the body.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use keyward_names::Network;
use keyward_server::fuzzing::{Head, account_of, says, sign_in_location};
use keyward_signin::pages::SignInPage;
use libfuzzer_sys::fuzz_target;

const FIELDS: [&str; 4] = ["account", "username", "password", "form_token"];

fuzz_target!(|bytes: &[u8]| {
    let (head, body) = match bytes.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (&bytes[..at], &bytes[at + 2..]),
        None => (bytes, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let target = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let headers: Vec<(&[u8], &[u8])> = lines
        .filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..at], line[at + 1..].trim_ascii()))
        })
        .collect();
    for method in ["GET", "POST"] {
        let Some(head) = Head::new(method, &target, &headers) else {
            return;
        };
        check_dev(&head);
        let _ = head.is_from_elsewhere();
        if method == "POST" {
            check_form(&head, body);
            check_query(head.query());
            check_origin(&head, &target, &headers);
        }
    }
});

fn check_form(head: &Head, body: &[u8]) {
    for field in FIELDS {
        let Some(read) = head.form_field(body, field) else {
            return;
        };
        let kind = head.values("content-type");
        let kind = kind[0].to_ascii_lowercase();
        assert!(
            kind.trim_ascii()
                .starts_with(b"application/x-www-form-urlencoded")
        );
        let mut pairs = std::str::from_utf8(body).expect("it was read").split('&');
        let value = pairs.find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name) == field && !pair.is_empty()).then(|| decoded(value))
        });
        assert_eq!(read, value.unwrap_or_default(), "{field}");
    }
}

/// A text of a form, of which every escape is known to be right.
fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces
        .next()
        .unwrap_or_default()
        .replace('+', " ")
        .into_bytes();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).expect("the escape is right"));
        bytes.extend(piece[2..].replace('+', " ").bytes());
    }
    String::from_utf8(bytes).expect("the text is UTF-8")
}

fn check_query(query: Option<&str>) {
    let account = account_of(query);
    assert!(account.chars().count() <= 64);
    assert!(account.is_empty() || says(query, "account"));
    let location = sign_in_location(&account);
    let query = location.strip_prefix("/signin").expect("it is that page");
    assert!(
        location
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\#".contains(&byte))
    );
    assert_eq!(account_of(query.strip_prefix('?')), account);
    let tags = |account: &str| {
        let page = SignInPage {
            account,
            user_name: account,
            ..SignInPage::default()
        };
        let html = page.html().to_string();
        ["<", ">", "\"", "'"].map(|sign| html.matches(sign).count())
    };
    assert_eq!(
        tags(&account),
        tags(&"x".repeat(usize::from(!account.is_empty())))
    );
}

fn check_origin(head: &Head, target: &str, headers: &[(&[u8], &[u8])]) {
    let trusted: Vec<Network> = ["10.0.0.0/8", "fd00::/8"]
        .map(|text| text.parse().expect("it is a network"))
        .into();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let stranger = SocketAddr::from(([192, 0, 2, 1], 9));
    let (source, context) = head.origin(stranger, &trusted);
    assert_eq!((source, context.source), (stranger.ip(), Some(source)));
    assert!(!context.is_secure);

    let proxy = SocketAddr::from(([10, 0, 0, 1], 9));
    let (source, context) = head.origin(proxy, &trusted);
    assert!(context.source.is_none_or(|known| known == source));
    if is_trusted(source) && context.source.is_some() {
        // All of the chain are proxies: whoever is in front of them is believed.
        return;
    }
    for forged in [
        &b"203.0.113.9"[..],
        b"10.0.0.7",
        b"[",
        b"203.0.113.9, 10.0.0.7,",
    ] {
        let mut headers = headers.to_vec();
        headers.insert(0, (b"X-Forwarded-For", forged));
        let Some(head) = Head::new("POST", target, &headers) else {
            return;
        };
        let (moved, forged) = head.origin(proxy, &trusted);
        assert_eq!((moved, forged.source), (source, context.source));
    }
}

fn check_dev(head: &Head) {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    if head.refusal_of_dev(address, &[]).is_some() {
        return;
    }
    for origin in head.values("origin") {
        let origin = String::from_utf8_lossy(origin).to_ascii_lowercase();
        let authority = origin.split_once("://").map(|parts| parts.1);
        let authority = authority.unwrap_or_else(|| panic!("`{origin}` is served"));
        let hosts = head.values("host");
        let is_own = hosts
            .first()
            .is_none_or(|host| host.eq_ignore_ascii_case(authority.as_bytes()));
        assert!(is_own, "`{origin}` is served");
    }
    let hosts = head.values("host");
    if let Some(host) = hosts.first() {
        let host = String::from_utf8_lossy(host).to_ascii_lowercase();
        let is_foreign = |suffix: &str| host.ends_with(suffix);
        assert!(![".example", ".com", ".org:80"].into_iter().any(|suffix| {
            is_foreign(suffix)
                && !host.contains("amazonaws.com")
                && !host.contains("aws.amazon.com")
        }));
    }
}
