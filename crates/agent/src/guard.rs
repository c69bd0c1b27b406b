//! Who may ask, and for what.
//!
//! Any program of the machine can connect, and so can a web page in a browser on it, by any name that
//! it lets resolve to a loopback address. So a request must call the agent by a loopback name and have
//! its token.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, HOST};
use http::request::Parts;
use http::{Method, StatusCode};
use keyward_names::Secret;

/// Where credentials are asked for.
pub const PATH: &str = "/credentials";

/// What those who ask must know.
#[derive(Debug, Clone)]
// INVARIANT: at least 16 visible ASCII characters; upheld by `parse`.
pub struct AuthorizationToken(Secret);

/// A text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token has at least 16 characters, all of them visible ASCII")]
pub struct AuthorizationTokenError;

impl AuthorizationToken {
    /// The fewest characters of a token.
    const SHORTEST: usize = 16;

    /// Takes a token over.
    pub fn parse(text: Secret) -> Result<Self, AuthorizationTokenError> {
        let is_visible = text.expose().bytes().all(|byte| byte.is_ascii_graphic());
        if !is_visible || text.expose().len() < Self::SHORTEST {
            return Err(AuthorizationTokenError);
        }
        Ok(Self(text))
    }

    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn is(&self, given: &[u8]) -> bool {
        std::str::from_utf8(given).is_ok_and(|given| Secret::new(given) == self.0)
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It calls the agent by another name.
    Host,
    /// There is nothing at its path.
    Path,
    /// Its method is not `GET`.
    Method,
    /// It has no token.
    NoToken,
    /// It has another token.
    WrongToken,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Host | Self::WrongToken => StatusCode::FORBIDDEN,
            Self::Path => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoToken => StatusCode::UNAUTHORIZED,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Host => "InvalidHost",
            Self::Path => "NotFound",
            Self::Method => "MethodNotAllowed",
            Self::NoToken => "MissingAuthorizationToken",
            Self::WrongToken => "InvalidAuthorizationToken",
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Host => "The Host is not a loopback address with the port of this agent.",
            Self::Path => "Credentials are at /credentials.",
            Self::Method => "Credentials are asked for with GET.",
            Self::NoToken => "The request has no Authorization header.",
            Self::WrongToken => "The Authorization header is not the token of this agent.",
        }
    }
}

/// Judges a request to the agent that listens on `port`.
pub(crate) fn judge(head: &Parts, port: u16, token: &AuthorizationToken) -> Result<(), Refusal> {
    if !is_meant(head, port) {
        return Err(Refusal::Host);
    }
    if head.uri.path() != PATH {
        return Err(Refusal::Path);
    }
    if head.method != Method::GET {
        return Err(Refusal::Method);
    }
    let mut given = head.headers.get_all(AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (None, _) => Err(Refusal::NoToken),
        (Some(given), None) if token.is(given.as_bytes()) => Ok(()),
        (Some(_), _) => Err(Refusal::WrongToken),
    }
}

/// Whether a request is meant for this agent: by its one `Host`, and by its target where that names
/// one.
fn is_meant(head: &Parts, port: u16) -> bool {
    let mut hosts = head.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let target = head.uri.authority().map(http::uri::Authority::as_str);
    host.to_str().is_ok_and(|host| is_own(host, port))
        && target.is_none_or(|target| is_own(target, port))
}

/// Whether a `Host` is a loopback address or `localhost`, with this port.
fn is_own(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.ends_with(']') => (name, digits.parse().ok()),
        // The port that a URL without one means.
        Some(_) | None => (host, Some(80)),
    };
    let is_loopback = match name.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .and_then(|address| address.parse().ok())
            .is_some_and(|address: std::net::Ipv6Addr| address.is_loopback()),
        None => match name.parse() {
            Ok(IpAddr::V4(address)) => address.is_loopback(),
            Ok(IpAddr::V6(_)) => false,
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        },
    };
    is_loopback && given == Some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn token() -> AuthorizationToken {
        AuthorizationToken::parse(Secret::new(TOKEN)).unwrap()
    }

    #[track_caller]
    fn check(line: &str, headers: &[(&str, &str)], expected: Result<(), Refusal>) {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = http::Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let found = judge(&head, 9911, &token());
        assert_eq!(found, expected, "{line} {headers:?}");
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:9911");
    const RIGHT: (&str, &str) = ("authorization", TOKEN);

    #[test]
    fn who_has_the_token_may_ask() {
        check("GET /credentials", &[HOST, RIGHT], Ok(()));
        check("GET /credentials?x", &[HOST, RIGHT], Ok(()));
        check(
            "GET http://localhost:9911/credentials",
            &[HOST, RIGHT],
            Ok(()),
        );
    }

    #[test]
    fn others_may_not() {
        check("GET /credentials", &[HOST], Err(Refusal::NoToken));
        for value in [
            "",
            "0123456789abcde",
            "0123456789abcdef0",
            "0123456789ABCDEF",
            "Bearer 0123456789abcdef",
            "é",
        ] {
            let headers = [HOST, ("authorization", value)];
            check("GET /credentials", &headers, Err(Refusal::WrongToken));
        }
        check(
            "GET /credentials",
            &[HOST, RIGHT, RIGHT],
            Err(Refusal::WrongToken),
        );
    }

    #[test]
    fn there_is_one_path_and_one_method() {
        for path in ["/", "/credentials/", "//credentials", "/Credentials", "/x"] {
            check(&format!("GET {path}"), &[HOST, RIGHT], Err(Refusal::Path));
        }
        for method in ["POST", "HEAD", "PUT", "OPTIONS", "DELETE"] {
            let line = format!("{method} /credentials");
            check(&line, &[HOST, RIGHT], Err(Refusal::Method));
        }
    }

    #[test]
    fn it_must_be_called_by_a_loopback_name() {
        let line = "GET /credentials";
        for host in [
            "127.9.9.9:9911",
            "[::1]:9911",
            "localhost:9911",
            "LOCALHOST:9911",
        ] {
            check(line, &[("host", host), RIGHT], Ok(()));
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:9912",
            "localhost:",
            "localhost.:9911",
            "x.localhost:9911",
            "evil.example:9911",
            "127.0.0.1.evil.example:9911",
            "10.0.0.1:9911",
            "0.0.0.0:9911",
            "::1:9911",
            "[::1",
            "[::1]",
            "[::ffff:127.0.0.1]:9911",
            "[127.0.0.1]:9911",
            "user@localhost:9911",
        ] {
            check(line, &[("host", host), RIGHT], Err(Refusal::Host));
        }
        check(line, &[RIGHT], Err(Refusal::Host));
        check(line, &[HOST, HOST, RIGHT], Err(Refusal::Host));
        let target = "GET http://evil.example:9911/credentials";
        check(target, &[HOST, RIGHT], Err(Refusal::Host));
    }

    #[test]
    fn the_port_80_need_not_be_said() {
        assert!(is_own("127.0.0.1", 80));
        assert!(is_own("[::1]", 80));
        assert!(is_own("localhost:80", 80));
        assert!(!is_own("localhost:81", 80));
    }

    #[test]
    fn a_token_fits_into_a_header() {
        for text in [
            "",
            "0123456789abcde",
            "0123456789abcde ",
            "0123456789abcdef\n",
            "0123456789abcdeé",
        ] {
            let parsed = AuthorizationToken::parse(Secret::new(text));
            assert_eq!(parsed.err(), Some(AuthorizationTokenError), "{text}");
        }
        assert_eq!(format!("{:?}", token()), "AuthorizationToken(…)");
    }
}
