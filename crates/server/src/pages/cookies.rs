//! The cookies of a browser: what it sent, and what it is told to keep.

use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use hyper::HeaderMap;
use hyper::header::{COOKIE, HeaderValue, SET_COOKIE};
use hyper::http::request::Parts;
use keyward_names::Age;

use crate::{hosts, received};

/// What proxies add to a request that they pass on.
const FORWARDED: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Who is signed in.
    Session,
    /// Who signed in from this browser before.
    Browser,
    /// What the forms before sign-in are bound to.
    Visit,
}

/// The cookies that came with a request, and those that go with its answer.
pub(super) struct Cookies {
    /// Only by TLS, and for this host alone; otherwise for a port of the loopback.
    scheme: Scheme,
    /// Names and values. One name may stand there several times.
    received: Vec<(String, String)>,
    answered: Vec<Cookie<'static>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Secure,
    /// Plain HTTP that does not leave this machine. Cookies don't know of ports, so the name tells
    /// it: servers on other ports have cookies of their own.
    Loopback {
        port: u16,
    },
}

impl Cookies {
    /// The cookies of a request that came by TLS or not.
    pub(super) fn of(head: &Parts, is_tls: bool) -> Self {
        // A proxy that does not pass the browser's `Host` on may call the server by a loopback name.
        let is_passed_on = FORWARDED
            .iter()
            .any(|name| head.headers.contains_key(*name));
        let scheme = match received::host(head) {
            Some(host) if !is_tls && !is_passed_on && hosts::is_loopback(host) => {
                Scheme::Loopback {
                    port: hosts::port_of(host).unwrap_or(80),
                }
            }
            Some(_) | None => Scheme::Secure,
        };
        let mut received = Vec::new();
        for value in head.headers.get_all(COOKIE) {
            // Other servers of the same host may have set cookies of any bytes.
            let text = String::from_utf8_lossy(value.as_bytes());
            for cookie in Cookie::split_parse(text.as_ref()).flatten() {
                received.push((cookie.name().to_owned(), cookie.value().to_owned()));
            }
        }
        Self {
            scheme,
            received,
            answered: Vec::new(),
        }
    }

    /// The values of all cookies of a kind.
    pub(super) fn received(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let name = self.name(kind);
        self.received
            .iter()
            .filter(move |(found, _)| *found == name)
            .map(|(_, value)| value.as_str())
    }

    /// Has the browser keep a cookie, for a time or as long as it runs.
    pub(super) fn set(&mut self, kind: Kind, value: String, kept: Option<Age>) {
        let name = self.name(kind);
        self.answered.retain(|cookie| cookie.name() != name);
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.scheme == Scheme::Secure)
            .build();
        cookie.set_max_age(kept.map(|kept| Duration::seconds(kept.as_seconds())));
        self.answered.push(cookie);
    }

    /// Has the browser forget a cookie.
    pub(super) fn clear(&mut self, kind: Kind) {
        self.set(kind, String::new(), Some(Age::seconds(0)));
    }

    /// Puts all that the browser is told into the head of an answer.
    pub(super) fn put_into(&self, headers: &mut HeaderMap) {
        for cookie in &self.answered {
            if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
                headers.append(SET_COOKIE, value);
            }
        }
    }

    fn name(&self, kind: Kind) -> String {
        let kind = match kind {
            Kind::Session => "session",
            Kind::Browser => "browser",
            Kind::Visit => "visit",
        };
        match self.scheme {
            Scheme::Secure => format!("__Host-keyward-{kind}"),
            Scheme::Loopback { port } => format!("keyward-{kind}-{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(host: &str, sent: &[&[u8]], is_tls: bool) -> Cookies {
        let mut request = hyper::Request::builder().header("host", host);
        for value in sent {
            request = request.header("cookie", *value);
        }
        Cookies::of(&request.body(()).unwrap().into_parts().0, is_tls)
    }

    fn told(cookies: &Cookies) -> Vec<String> {
        let mut headers = HeaderMap::new();
        cookies.put_into(&mut headers);
        let values = headers.get_all(SET_COOKIE).iter();
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn cookies_are_for_tls_and_this_host_but_on_the_loopback_for_a_port() {
        for (host, is_tls, name) in [
            ("localhost:4566", false, "keyward-session-4566"),
            ("iam.localhost", false, "keyward-session-80"),
            ("LocalHost.:4566", false, "keyward-session-4566"),
            ("127.8.9.1:1", false, "keyward-session-1"),
            ("[::1]:4566", false, "keyward-session-4566"),
            ("localhost:4566", true, "__Host-keyward-session"),
            ("keyward.example", false, "__Host-keyward-session"),
            ("10.0.0.1:80", false, "__Host-keyward-session"),
            ("localhost.example:4566", false, "__Host-keyward-session"),
            ("127.0.0.1.example", false, "__Host-keyward-session"),
            ("", false, "__Host-keyward-session"),
        ] {
            let mut cookies = cookies(host, &[], is_tls);
            cookies.set(Kind::Session, "value".to_owned(), Some(Age::seconds(9)));
            let secure = if name.starts_with("__Host-") {
                " Secure;"
            } else {
                ""
            };
            let expected =
                format!("{name}=value; HttpOnly; SameSite=Strict;{secure} Path=/; Max-Age=9");
            assert_eq!(told(&cookies), [expected], "{host}");
        }
    }

    #[test]
    fn what_a_proxy_passed_on_did_not_stay_on_this_machine() {
        for name in FORWARDED {
            let request = hyper::Request::builder()
                .header("host", "127.0.0.1:4566")
                .header(name, "for=192.0.2.1");
            let (head, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(Cookies::of(&head, false).scheme, Scheme::Secure, "{name}");
        }
    }

    #[test]
    fn all_cookies_of_a_name_are_seen_whatever_stands_beside_them() {
        let sent: [&[u8]; 3] = [
            b"a=b; keyward-session-1=one;keyward-session-1=two",
            b"\xff\xfe=\xff; =; ;;; keyward-session-1; keyward-session-1=three",
            b"keyward-session-2=other; keyward-visit-1=visit; __Host-keyward-session=x",
        ];
        let cookies = cookies("localhost:1", &sent, false);
        let found: Vec<&str> = cookies.received(Kind::Session).collect();
        assert_eq!(found, ["one", "two", "three"]);
        let found: Vec<&str> = cookies.received(Kind::Visit).collect();
        assert_eq!(found, ["visit"]);
    }

    #[test]
    fn of_two_words_about_one_cookie_the_last_is_told() {
        let mut cookies = cookies("localhost:1", &[], false);
        cookies.set(Kind::Session, "value".to_owned(), None);
        cookies.set(Kind::Visit, "visit".to_owned(), None);
        cookies.clear(Kind::Session);
        let attributes = "HttpOnly; SameSite=Strict; Path=/";
        assert_eq!(
            told(&cookies),
            [
                format!("keyward-visit-1=visit; {attributes}"),
                format!("keyward-session-1=; {attributes}; Max-Age=0"),
            ]
        );
    }
}
