//! An endpoint that the operator names.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Request};
use http_body_util::Full;
use keyward_names::Network;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;

use crate::guard::{Guard, exchange};
use crate::location::Location;
use crate::thumbprint::thumbprint;
use crate::trust::Authorities;
use crate::{Allowed, FetchError, Limits, OutboundError};

/// How long an answer may be, in bytes.
const BODY_BYTES: usize = 64 * 1024;
/// How long a call may take, with everything that belongs to it.
const TOTAL_TIME: Duration = Duration::from_secs(10);

/// An endpoint that the operator names, and that may therefore be anywhere. It is called over TLS, or
/// in plain HTTP where that does not leave the machine.
#[derive(Debug)]
pub struct Endpoint {
    location: Location,
    guard: Guard,
    /// `None` for plain HTTP.
    tls: Option<Arc<ClientConfig>>,
}

/// What an endpoint answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, whatever the status.
    pub body: Bytes,
}

/// An endpoint that can't be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Neither an https URL nor an http URL, or one with a user or a query.
    #[error("not an http or https URL of an endpoint")]
    Url,
    /// An http URL of another machine.
    #[error("plain http is for loopback addresses and `localhost` only: others need https")]
    Plain,
    /// Authorities that can't be read.
    #[error("the file holds no certificates in PEM")]
    NoCertificates,
    /// What TLS needs is not there.
    #[error(transparent)]
    Tls(#[from] OutboundError),
}

impl Endpoint {
    /// Reads an URL. `authorities` are certificates in PEM that are trusted beside those of the
    /// operating system.
    pub fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, EndpointError> {
        let limits = Limits {
            body_bytes: BODY_BYTES,
            total_time: TOTAL_TIME,
            ..Limits::default()
        };
        if url.contains(['?', '#']) {
            return Err(EndpointError::Url);
        }
        if let Ok(location) = Location::parse_plain(url) {
            if !is_this_machine(&location.host) {
                return Err(EndpointError::Plain);
            }
            return Ok(Self {
                location,
                guard: Guard::new(loopback(), limits),
                tls: None,
            });
        }
        let location = Location::parse(url).map_err(|_| EndpointError::Url)?;
        let authorities = match authorities {
            Some(pem) => certificates(pem)?,
            None => Vec::new(),
        };
        // A certificate that signed itself is often given to be trusted for a server that presents it.
        let thumbprints: Vec<_> = authorities.iter().map(|each| thumbprint(each)).collect();
        let authorities = Arc::new(Authorities::new(&authorities)?);
        Ok(Self {
            guard: Guard::new(vec![Allowed::Host(location.host.clone())], limits),
            tls: Some(Arc::new(authorities.trusting(&thumbprints)?)),
            location,
        })
    }

    /// What the header `host` says.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.location.authority
    }

    /// The path of the URL.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.location.path
    }

    /// Sends a body to the endpoint's path, with these headers beside `host`. Any answer will do.
    pub async fn post(&self, headers: &[(&str, &str)], body: Bytes) -> Result<Answer, FetchError> {
        let mut request = Request::post(&self.location.path)
            .header(HOST, self.authority())
            .header(USER_AGENT, "keyward")
            .header(CONNECTION, "close")
            .body(Full::new(body))
            .map_err(|_| FetchError::Url)?;
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).map_err(|_| FetchError::Url)?;
            let mut value = HeaderValue::try_from(*value).map_err(|_| FetchError::Url)?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        timeout(TOTAL_TIME, self.send(request))
            .await
            .unwrap_or(Err(FetchError::TookTooLong))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, FetchError> {
        let any = |_| Ok(());
        let answer = match &self.tls {
            Some(client) => {
                let stream = self.guard.handshake(&self.location, client).await?;
                exchange(stream, request, BODY_BYTES, any).await?
            }
            None => {
                let stream = self.guard.connect(&self.location).await?;
                exchange(stream, request, BODY_BYTES, any).await?
            }
        };
        Ok(Answer {
            status: answer.status().as_u16(),
            body: answer.into_body(),
        })
    }
}

/// Whether a host is this machine, whatever the resolver says of it.
fn is_this_machine(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |address| address.is_loopback(),
    )
}

/// The addresses that `localhost` may have.
fn loopback() -> Vec<Allowed> {
    [Network::LOOPBACK_V4, Network::LOOPBACK_V6]
        .map(Allowed::Network)
        .to_vec()
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, EndpointError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|_| EndpointError::NoCertificates)?;
    if read.is_empty() {
        return Err(EndpointError::NoCertificates);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Result<(&str, &str), EndpointError>) {
        let found = Endpoint::new(url, None);
        let found = found
            .as_ref()
            .map(|found| (found.authority(), found.path()));
        assert_eq!(found, expected.as_ref().copied(), "{url}");
    }

    #[test]
    fn plain_http_stays_on_the_machine() {
        for (url, host, path) in [
            ("http://127.0.0.1:4566", "127.0.0.1:4566", "/"),
            ("http://127.1.2.3/sts", "127.1.2.3", "/sts"),
            ("http://[::1]:1/", "[::1]:1", "/"),
            ("http://LocalHost:4566", "LocalHost:4566", "/"),
        ] {
            check(url, Ok((host, path)));
        }
        for url in [
            "http://10.0.0.1",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0:4566",
            "http://keyward.example",
            "http://localhost.example",
            "http://x.localhost",
        ] {
            check(url, Err(EndpointError::Plain));
        }
    }

    #[test]
    fn others_are_called_over_tls() {
        check("https://10.0.0.1:8443", Ok(("10.0.0.1:8443", "/")));
        check("https://keyward.example/x", Ok(("keyward.example", "/x")));
        for url in [
            "",
            "keyward.example",
            "ftp://localhost",
            "http://user@localhost",
            "https://keyward.example/?x",
            "http://localhost/#x",
        ] {
            check(url, Err(EndpointError::Url));
        }
    }

    #[test]
    fn authorities_must_be_certificates() {
        for pem in [
            "",
            "x",
            "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n",
        ] {
            let error = Endpoint::new("https://a.example", Some(pem.as_bytes())).unwrap_err();
            assert_eq!(error, EndpointError::NoCertificates, "{pem}");
        }
    }
}
