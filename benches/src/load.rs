//! The load generator: connections that each send their next request when the last was answered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a load came to.
pub(crate) struct Loaded {
    pub(crate) answered: usize,
    pub(crate) elapsed: Duration,
    /// One a request, sorted.
    pub(crate) latencies: Vec<Duration>,
}

impl Loaded {
    pub(crate) fn per_second(&self) -> f64 {
        self.answered as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let position = (self.latencies.len() as f64 * share) as usize;
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get(position.min(last))
            .copied()
            .unwrap_or_default()
    }
}

/// When a load ends.
#[derive(Clone, Copy)]
pub(crate) enum Until<'a> {
    /// After this time.
    Elapsed(Duration),
    /// When this is set, or the requests of a connection are used up.
    Told(&'a AtomicBool),
}

/// Sends to a server over one connection for each list of requests; each list is gone through again
/// and again where `repeat`, else once. Every answer must be 200.
pub(crate) fn load(
    address: SocketAddr,
    requests: &[Vec<Vec<u8>>],
    repeat: bool,
    until: Until<'_>,
) -> anyhow::Result<Loaded> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in requests {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let begun = Instant::now();
        let local = tokio::task::LocalSet::new();
        let clients = local.run_until(async {
            let clients = streams
                .into_iter()
                .zip(requests)
                .map(|(stream, requests)| client(stream, requests, repeat, Stop { begun, until }));
            let mut results = Vec::new();
            for latencies in join_all(clients.collect()).await {
                results.extend(latencies?);
            }
            anyhow::Ok(results)
        });
        let mut latencies = clients.await?;
        let elapsed = begun.elapsed();
        latencies.sort_unstable();
        Ok(Loaded {
            answered: latencies.len(),
            elapsed,
            latencies,
        })
    })
}

/// Polls all futures to their end.
pub(crate) async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures
        .into_iter()
        .map(|future| Some(Box::pin(future)))
        .collect();
    let mut done: Vec<_> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in waiting.iter_mut().zip(done.iter_mut()) {
            if let Some(polled) = future {
                match polled.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => {
                        *output = Some(value);
                        *future = None;
                    }
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

struct Stop<'a> {
    begun: Instant,
    until: Until<'a>,
}

impl Stop<'_> {
    fn is_now(&self) -> bool {
        match self.until {
            Until::Elapsed(time) => self.begun.elapsed() >= time,
            Until::Told(told) => told.load(Ordering::Relaxed),
        }
    }
}

async fn client(
    mut stream: TcpStream,
    requests: &[Vec<u8>],
    repeat: bool,
    stop: Stop<'_>,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut buffer = Vec::with_capacity(64 * 1024);
    loop {
        for request in requests {
            if stop.is_now() {
                return Ok(latencies);
            }
            let begun = Instant::now();
            stream.write_all(request).await?;
            let status = read_answer(&mut stream, &mut buffer).await?;
            if status != 200 {
                bail!("refused: {}", String::from_utf8_lossy(&buffer));
            }
            latencies.push(begun.elapsed());
        }
        if !repeat {
            return Ok(latencies);
        }
    }
}

/// Reads one answer in full, and says its status.
pub(crate) async fn read_answer(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> anyhow::Result<u16> {
    buffer.clear();
    let mut head = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        if head.is_none() {
            head = read_head(buffer)?;
        }
        match head {
            Some((status, length)) if buffer.len() == length => return Ok(status),
            Some((_, length)) if buffer.len() > length => {
                bail!("more was answered than was asked")
            }
            Some(_) | None => {}
        }
    }
}

/// The status and the length of the whole answer, once its head is there.
fn read_head(buffer: &[u8]) -> anyhow::Result<Option<(u16, usize)>> {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
    let status = head.strip_prefix("HTTP/1.1 ");
    let status = status.and_then(|rest| rest.split(' ').next()?.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let length = end + 4 + length.context("no content-length")?;
    Ok(Some((status.context("no status")?, length)))
}
