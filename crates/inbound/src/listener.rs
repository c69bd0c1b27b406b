//! Connections: accept, bound, serve, drain.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::write_timeout::WriteTimeout;

/// How long to wait where no connection can be accepted: out of file descriptors, mostly.
const PAUSE: Duration = Duration::from_millis(50);

/// Bounds on connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take.
    pub header_time: Duration,
    /// How many bytes the head of a request may have.
    pub header_bytes: usize,
    /// How long a client may leave an answer unread: so long may a write make no progress.
    pub write_time: Duration,
    /// How long requests under way may take to finish at the end.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_time: Duration::from_secs(30),
            header_bytes: 64 * 1024,
            write_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(5),
        }
    }
}

/// A socket that listens.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    limits: Limits,
}

/// How listening came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// All requests under way were answered.
    Drained,
    /// Some were cut off when the time for draining was over.
    CutOff,
}

impl Listener {
    /// Begins to listen. Port 0 picks a free port. Nothing is answered before [`Listener::run`].
    pub async fn bind(address: SocketAddr, limits: Limits) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, limits })
    }

    /// The address it listens on, with the port that was picked.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Gives each connection to `serve` until `stop` is ready, then drains.
    #[expect(
        clippy::disallowed_methods,
        reason = "a socket that cannot accept is given time; nothing tells when it can"
    )]
    pub async fn run<F>(
        self,
        stop: impl Future<Output = ()>,
        serve: impl Fn(Accepted) -> F,
    ) -> Stopped
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let limits = self.limits;
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
                    let _ = stream.set_nodelay(true);
                    let serving = serve(Accepted {
                        stream: WriteTimeout::new(stream, limits.write_time),
                        serving: Serving {
                            address,
                            limits,
                            watcher: graceful.watcher(),
                        },
                    });
                    tokio::spawn(async move {
                        let _place = place;
                        serving.await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
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

/// A connection that was accepted.
pub struct Accepted {
    /// Its bytes.
    pub stream: WriteTimeout<TcpStream>,
    /// The rest of it.
    pub serving: Serving,
}

impl Accepted {
    /// Serves the connection as it is, without TLS.
    pub async fn serve_plain<F>(self, answer: impl Fn(Request<Incoming>) -> F + Send + 'static)
    where
        F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        self.serving.http(self.stream, answer).await;
    }
}

/// What serving a connection takes beside its bytes. The end waits for it to be dropped.
pub struct Serving {
    address: SocketAddr,
    limits: Limits,
    watcher: Watcher,
}

impl Serving {
    /// Who connected.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves HTTP/1.1 on a stream, each request by `answer`.
    pub async fn http<S, F>(
        self,
        stream: S,
        answer: impl Fn(Request<Incoming>) -> F + Send + 'static,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
    {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_time)
            .max_buf_size(self.limits.header_bytes)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| {
                    let answering = answer(request);
                    async move { Ok::<_, Infallible>(answering.await) }
                }),
            );
        if let Err(error) = self.watcher.watch(connection).await {
            tracing::debug!(peer = %self.address, %error, "a connection ended early");
        }
    }
}
