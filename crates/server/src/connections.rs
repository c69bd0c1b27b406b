//! Connections: TLS where it is wanted, and each request to the service.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use keyward_authorization::Tls as SecuredBy;
use keyward_engine::Installation;
use keyward_inbound::{Accepted, Listener, Serving, Stopped, WriteTimeout};
use keyward_signin::Door;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ProtocolVersion, ServerConfig};

use crate::body_budget::BodyBudget;
use crate::options::{Limits, Options, Tls};
use crate::origin::Peer;
use crate::{Service, sessions, signing_keys};

/// A server that listens.
pub struct Server {
    listener: Listener,
    tls: Option<TlsAcceptor>,
    service: Arc<Service>,
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
        let listener = Listener::bind(address, options.limits.of_connections()).await?;
        let address = listener.address()?.ip();
        let service = Arc::new(Service {
            door: Door::new(Arc::clone(&installation)),
            installation,
            address,
            is_tls: tls.is_some(),
            body_budget: BodyBudget::new(options.limits.large_bodies_bytes),
            options,
            signing_keys: signing_keys::SigningKeys::default(),
            sessions: sessions::Sessions::default(),
            other_services: std::sync::Mutex::default(),
            root_password_is_set: tokio::sync::Mutex::default(),
        });
        Ok(Self {
            listener,
            tls,
            service,
        })
    }

    /// The address it listens on, with the port that was picked.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.address()
    }

    /// Serves until `stop` is ready, then drains.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stopped {
        let (tls, service) = (self.tls, self.service);
        let limits = service.options.limits;
        let serve = |accepted: Accepted| {
            let (tls, service) = (tls.clone(), Arc::clone(&service));
            async move {
                let Accepted { stream, serving } = accepted;
                let Some(tls) = tls else {
                    serve(stream, None, service, serving).await;
                    return;
                };
                if let Some(stream) = handshake(&tls, stream, &limits).await {
                    let tls = tls_of(&stream);
                    serve(stream, tls, service, serving).await;
                }
            }
        };
        self.listener.run(stop, serve).await
    }
}

async fn handshake(
    tls: &TlsAcceptor,
    stream: WriteTimeout<TcpStream>,
    limits: &Limits,
) -> Option<tokio_rustls::server::TlsStream<WriteTimeout<TcpStream>>> {
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

async fn serve<S>(stream: S, tls: Option<SecuredBy>, service: Arc<Service>, serving: Serving)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Peer {
        address: serving.address(),
        tls,
    };
    let answer = move |request| {
        let (service, peer) = (Arc::clone(&service), peer.clone());
        async move { service.serve(request, peer).await }
    };
    serving.http(stream, answer).await;
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
