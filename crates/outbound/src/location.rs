//! Where a call goes.

use http::Uri;
use rustls_pki_types::ServerName;

use crate::FetchError;

/// How long an URL may be, in bytes.
const LONGEST: usize = 2048;

/// An URL, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The path with its query.
    pub(crate) path: String,
    /// Host and port as they were written.
    pub(crate) authority: String,
    pub(crate) server_name: ServerName<'static>,
}

impl Location {
    /// Reads an https URL. One with a user is refused.
    pub(crate) fn parse(url: &str) -> Result<Self, FetchError> {
        Self::of_scheme(url, "https", 443)
    }

    /// Reads an http URL likewise. Only what stays on this machine may go there.
    pub(crate) fn parse_plain(url: &str) -> Result<Self, FetchError> {
        Self::of_scheme(url, "http", 80)
    }

    fn of_scheme(url: &str, scheme: &str, usual_port: u16) -> Result<Self, FetchError> {
        if url.len() > LONGEST {
            return Err(FetchError::Url);
        }
        let uri: Uri = url.parse().map_err(|_| FetchError::Url)?;
        let authority = uri.authority().ok_or(FetchError::Url)?;
        if uri.scheme_str() != Some(scheme) || authority.as_str().contains('@') {
            return Err(FetchError::Url);
        }
        let host = authority.host();
        let host = match host.strip_prefix('[') {
            Some(host) => host.strip_suffix(']').ok_or(FetchError::Url)?,
            None => host,
        };
        let port = match authority.as_str().rsplit_once(':') {
            Some((_, port)) if !port.ends_with(']') => port.parse().map_err(|_| FetchError::Url)?,
            _ => usual_port,
        };
        let server_name = ServerName::try_from(host.to_owned()).map_err(|_| FetchError::Url)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            authority: authority.as_str().to_owned(),
            server_name,
        })
    }

    /// Where an issuer tells about itself.
    pub(crate) fn discovery(issuer: &str) -> Result<Self, FetchError> {
        if issuer.contains(['?', '#']) {
            return Err(FetchError::Url);
        }
        let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
        Self::parse(&format!("{issuer}/.well-known/openid-configuration"))
    }

    /// Whether both are at the same host and port.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host) && self.port == other.port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, host: &str, port: u16, path: &str) {
        let location = Location::parse(url).unwrap();
        let found = (&*location.host, location.port, &*location.path);
        assert_eq!(found, (host, port, path), "{url}");
    }

    #[test]
    fn urls_are_taken_apart() {
        check("https://id.example.com", "id.example.com", 443, "/");
        check(
            "HTTPS://id.example.com:8443/a/b?c=d#e",
            "id.example.com",
            8443,
            "/a/b?c=d",
        );
        check("https://127.0.0.1:1/", "127.0.0.1", 1, "/");
        check("https://[::1]:444/x", "::1", 444, "/x");
        check("https://[::1]/x", "::1", 443, "/x");
    }

    #[test]
    fn what_can_not_be_called_is_refused() {
        for url in [
            "",
            "id.example.com",
            "/x",
            "http://id.example.com",
            "ftp://a/",
            "https://",
            "https:///x",
            "https://user@id.example.com/",
            "https://u:p@id.example.com/",
            "https://a:65536/",
            "https://a:x/",
            "https://a b/",
            "https://a/\r\nx",
            "https://[::1/",
            "https://é.example/",
            "https://a:/",
            &format!("https://a/{}", "x".repeat(2048)),
        ] {
            assert_eq!(Location::parse(url).err(), Some(FetchError::Url), "{url}");
        }
        for issuer in ["https://a/?b", "https://a?b", "https://a/#b"] {
            assert_eq!(
                Location::discovery(issuer).err(),
                Some(FetchError::Url),
                "{issuer}"
            );
        }
    }

    #[test]
    fn discovery_is_below_the_issuer() {
        for issuer in ["https://a/b", "https://a/b/"] {
            let path = Location::discovery(issuer).unwrap().path;
            assert_eq!(path, "/b/.well-known/openid-configuration");
        }
    }
}
