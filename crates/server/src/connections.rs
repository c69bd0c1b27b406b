//! Connections: accept, bound, serve, drain.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use keyward_operations::{Installation, Tls as SecuredBy};
use keyward_signin::Door;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ProtocolVersion, ServerConfig};

use crate::options::{Limits, Options, Tls};
use crate::patience::Patient;
use crate::received::Room;
use crate::source::Peer;
use crate::{Service, signing_keys};

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: Arc<Service>,
}

/// How a server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// All requests under way were answered.
    Drained,
    /// Some were cut off when the time for draining was over.
    CutOff,
}

impl Server {
    /// Begins to listen. Port 0 picks a free port. Nothing is answered before [`Server::run`].
    pub async fn bind(
        address: SocketAddr,
        installation: Arc<Installation>,
        options: Options,
        tls: Option<Tls>,
    ) -> io::Result<Self> {
        let tls = tls.map(|tls| acceptor(&tls)).transpose()?;
        let listener = TcpListener::bind(address).await?;
        let signing_keys = signing_keys::SigningKeys::default();
        let address = listener.local_addr()?.ip();
        let service = Arc::new(Service {
            door: Door::new(Arc::clone(&installation)),
            installation,
            address,
            is_tls: tls.is_some(),
            room: Room::new(options.limits.large_bodies_bytes),
            options,
            signing_keys,
        });
        Ok(Self {
            listener,
            tls,
            service,
        })
    }

    /// The address it listens on, with the port that was picked.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is ready, then drains.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stopped {
        let limits = self.service.options.limits;
        let places = Arc::new(Semaphore::new(limits.connections));
        let graceful = GracefulShutdown::new();
        tokio::pin!(stop);
        loop {
            let place = tokio::select! {
                place = Arc::clone(&places).acquire_owned() => place,
                () = &mut stop => break,
            };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, address)) => {
                    let watcher = graceful.watcher();
                    let (tls, service) = (self.tls.clone(), Arc::clone(&self.service));
                    tokio::spawn(async move {
                        let _place = place;
                        let _ = stream.set_nodelay(true);
                        let stream = Patient::new(stream, limits.write_time);
                        match tls {
                            Some(tls) => {
                                if let Some(stream) = handshake(&tls, stream, &limits).await {
                                    let tls = tls_of(&stream);
                                    let peer = Peer { address, tls };
                                    serve(stream, peer, service, watcher).await;
                                }
                            }
                            None => {
                                let peer = Peer { address, tls: None };
                                serve(stream, peer, service, watcher).await;
                            }
                        }
                    });
                }
                Err(error) => {
                    // Out of file descriptors, mostly: wait for some to come back.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
        drop(self.listener);
        match tokio::time::timeout(limits.drain_time, graceful.shutdown()).await {
            Ok(()) => Stopped::Drained,
            Err(_) => Stopped::CutOff,
        }
    }
}

async fn handshake(
    tls: &TlsAcceptor,
    stream: Patient<TcpStream>,
    limits: &Limits,
) -> Option<tokio_rustls::server::TlsStream<Patient<TcpStream>>> {
    match tokio::time::timeout(limits.header_time, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}

/// How a connection is secured, in the words of its protocol's registry.
fn tls_of<S>(stream: &tokio_rustls::server::TlsStream<S>) -> Option<SecuredBy> {
    let (_, connection) = stream.get_ref();
    let version = if connection.protocol_version()? == ProtocolVersion::TLSv1_3 {
        "TLSv1.3"
    } else {
        // The server speaks no older one.
        "TLSv1.2"
    };
    let suite = connection.negotiated_cipher_suite()?.suite();
    let suite = suite.as_str()?.replace("TLS13_", "TLS_");
    Some(SecuredBy {
        version,
        cipher_suite: suite.into(),
    })
}

async fn serve<S>(
    stream: S,
    peer: Peer,
    service: Arc<Service>,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = service.options.limits;
    let address = peer.address;
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| {
                let (service, peer) = (Arc::clone(&service), peer.clone());
                async move { Ok::<_, std::convert::Infallible>(service.serve(request, peer).await) }
            }),
        );
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(peer = %address, %error, "a connection ended early");
    }
}

fn acceptor(tls: &Tls) -> io::Result<TlsAcceptor> {
    let invalid = |error: &dyn std::fmt::Display| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("TLS certificate or key: {error}"),
        )
    };
    let certificates = CertificateDer::pem_slice_iter(&tls.certificates)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| invalid(&error))?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key).map_err(|error| invalid(&error))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| invalid(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
