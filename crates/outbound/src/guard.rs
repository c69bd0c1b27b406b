//! One guarded call.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, HOST, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{ClientConfig, Error as TlsError};

use crate::address::is_public;
use crate::location::Location;
use crate::{Allowed, FetchError, Limits};

/// The port that may be called without being allowed.
const HTTPS: u16 = 443;
/// How many addresses of a host are tried.
const MOST_ADDRESSES: usize = 4;
const MOST_HEADERS: usize = 64;
/// The bytes of a status line with its headers.
const HEADER_BYTES: usize = 16 * 1024;

/// What may be called, and within which limits.
#[derive(Debug)]
pub(crate) struct Guard {
    allowed: Vec<Allowed>,
    limits: Limits,
    lookups: Arc<Semaphore>,
}

impl Guard {
    pub(crate) fn new(allowed: Vec<Allowed>, limits: Limits) -> Self {
        let lookups = Semaphore::new(limits.at_once.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            allowed,
            limits,
            lookups: Arc::new(lookups),
        }
    }

    /// Asks for a JSON document. Any answer but 200 is an error.
    pub(crate) async fn get(
        &self,
        location: &Location,
        client: &Arc<ClientConfig>,
    ) -> Result<Bytes, FetchError> {
        let stream = self.handshake(location, client).await?;
        let request = Request::get(&location.path)
            .header(HOST, &location.authority)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "keyward")
            .header(CONNECTION, "close")
            .body(Full::default())
            .map_err(|_| FetchError::Url)?;
        let only_ok = |status| match status {
            StatusCode::OK => Ok(()),
            other => Err(FetchError::Status(other.as_u16())),
        };
        let answer = exchange(stream, request, self.limits.body_bytes, only_ok).await?;
        Ok(answer.into_body())
    }

    /// The certificates that a host presents, its own first.
    pub(crate) async fn certificates(
        &self,
        location: &Location,
        client: &Arc<ClientConfig>,
    ) -> Result<Vec<CertificateDer<'static>>, FetchError> {
        let stream = self.handshake(location, client).await?;
        let (_, session) = stream.get_ref();
        let presented = session.peer_certificates().unwrap_or_default();
        Ok(presented.to_vec())
    }

    pub(crate) async fn handshake(
        &self,
        location: &Location,
        client: &Arc<ClientConfig>,
    ) -> Result<TlsStream<TcpStream>, FetchError> {
        let stream = self.connect(location).await?;
        TlsConnector::from(Arc::clone(client))
            .connect(location.server_name.clone(), stream)
            .await
            .map_err(|error| {
                // TLS's own errors come inside of those of the connection.
                if error.get_ref().is_some_and(|error| error.is::<TlsError>()) {
                    FetchError::Untrusted
                } else {
                    FetchError::Unreachable
                }
            })
    }

    /// Connects to an address that was checked. The name is not looked up again.
    pub(crate) async fn connect(&self, location: &Location) -> Result<TcpStream, FetchError> {
        let addresses = self.look_up(location).await?;
        self.check(location, &addresses)?;
        for address in addresses.iter().take(MOST_ADDRESSES) {
            let connected = timeout(self.limits.connect_time, TcpStream::connect(address)).await;
            if let Ok(Ok(stream)) = connected {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
        }
        Err(FetchError::Unreachable)
    }

    /// The addresses of a host. Looking a name up takes a thread that can't be stopped, so that it is
    /// counted until it ends, and not only while somebody waits for it.
    async fn look_up(&self, location: &Location) -> Result<Vec<SocketAddr>, FetchError> {
        let place = Arc::clone(&self.lookups).acquire_owned().await;
        let (host, port) = (location.host.clone(), location.port);
        let looking_up = tokio::spawn(async move {
            let _place = place;
            lookup_host((host, port)).await.map(Iterator::collect)
        });
        match looking_up.await {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(_)) | Err(_) => Err(FetchError::Unreachable),
        }
    }

    /// Whether all addresses of a host may be called. A host with one address that may not be is
    /// not called at all.
    fn check(&self, location: &Location, addresses: &[SocketAddr]) -> Result<(), FetchError> {
        let is_allowed = |address: &SocketAddr| {
            self.allowed.iter().any(|allowed| match allowed {
                Allowed::Host(host) => host.eq_ignore_ascii_case(&location.host),
                Allowed::Network(network) => network.contains(address.ip()),
            })
        };
        let may_be_called = addresses.iter().all(|address| {
            is_allowed(address) || (location.port == HTTPS && is_public(address.ip()))
        });
        if may_be_called {
            Ok(())
        } else {
            Err(FetchError::Refused)
        }
    }
}

/// Sends a request over a connection of its own. `judge` may refuse the answer by its status, before
/// its body is read.
pub(crate) async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    most_bytes: usize,
    judge: impl FnOnce(StatusCode) -> Result<(), FetchError>,
) -> Result<Response<Bytes>, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEADER_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| FetchError::Unreachable)?;
    // The set ends the task when it is dropped, which may be at any moment.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let answer = sender.send_request(request).await.map_err(http_error)?;
    judge(answer.status())?;
    let (head, body) = answer.into_parts();
    match Limited::new(body, most_bytes).collect().await {
        Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
        Err(_) => Err(FetchError::Unreachable),
    }
}

fn http_error(error: hyper::Error) -> FetchError {
    if error.is_parse_too_large() {
        FetchError::TooLarge
    } else if error.is_parse() {
        FetchError::NotUnderstood
    } else {
        FetchError::Unreachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &[&str], url: &str, addresses: &[&str], expected: Result<(), FetchError>) {
        let parsed = allowed.iter().map(|text| text.parse().unwrap());
        let guard = Guard::new(parsed.collect(), Limits::default());
        let location = Location::parse(url).unwrap();
        let addresses: Vec<SocketAddr> = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), location.port))
            .collect();
        let found = guard.check(&location, &addresses);
        assert_eq!(found, expected, "{allowed:?} {url} {addresses:?}");
    }

    #[test]
    fn every_address_of_a_host_must_be_public() {
        let url = "https://id.example.com";
        let refused = Err(FetchError::Refused);
        check(&[], url, &["1.1.1.1", "2600::1"], Ok(()));
        check(&[], url, &["1.1.1.1", "10.0.0.1"], refused);
        check(&[], url, &["::1", "1.1.1.1"], refused);
        check(&[], url, &["169.254.169.254"], refused);
        check(&[], "https://id.example.com:8443", &["1.1.1.1"], refused);
        check(&[], "https://id.example.com:22", &["1.1.1.1"], refused);
    }

    #[test]
    fn what_is_allowed_may_be_called_at_any_port() {
        let url = "https://id.example.com:8443";
        let refused = Err(FetchError::Refused);
        check(&["ID.example.com"], url, &["10.0.0.1", "1.1.1.1"], Ok(()));
        check(&["example.com"], url, &["10.0.0.1"], refused);
        check(&["10.0.0.0/8"], url, &["10.0.0.1", "10.0.0.2"], Ok(()));
        check(&["10.0.0.0/8"], url, &["10.0.0.1", "1.1.1.1"], refused);
        check(
            &["10.0.0.0/8"],
            "https://a.example",
            &["10.0.0.1", "1.1.1.1"],
            Ok(()),
        );
        check(
            &["10.0.0.0/8"],
            "https://a.example",
            &["10.0.0.1", "::1"],
            refused,
        );
    }
}
