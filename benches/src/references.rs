//! What Keyward is measured against: the least that such a server can do.

use std::convert::Infallible;
use std::io::Write as _;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A bare hyper server that takes a request in and answers a body of so many bytes.
pub(crate) fn bare_server(body_bytes: usize) -> anyhow::Result<()> {
    let body = Bytes::from(vec![b'x'; body_bytes]);
    serve(move |_| {
        let body = body.clone();
        async move { body }
    })
}

/// A server that appends every request's body to a log and answers once it is synced. Bodies that
/// come while a sync is under way share the next one.
pub(crate) fn floor_server(log: &str) -> anyhow::Result<()> {
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(log)?;
    let (queue, queued) = mpsc::channel::<(Bytes, oneshot::Sender<()>)>();
    std::thread::spawn(move || {
        while let Ok(first) = queued.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(queued.try_iter()).collect();
            let bytes: Vec<u8> = batch.iter().flat_map(|(body, _)| body.to_vec()).collect();
            let synced = file.write_all(&bytes).and_then(|()| file.sync_data());
            if synced.is_ok() {
                for (_, answer) in batch {
                    let _ = answer.send(());
                }
            }
        }
    });
    serve(move |body| {
        let queue = queue.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let _ = queue.send((body, answer));
            let _ = answered.await;
            Bytes::from_static(&[b'x'; 600])
        }
    })
}

fn serve<F, R>(answer: F) -> anyhow::Result<()>
where
    F: Fn(Bytes) -> R + Clone + Send + 'static,
    R: Future<Output = Bytes> + Send,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("ready on http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let answer = answer.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request: Request<Incoming>| {
                    let answer = answer.clone();
                    async move {
                        let body = request
                            .into_body()
                            .collect()
                            .await
                            .map(|body| body.to_bytes());
                        let body = answer(body.unwrap_or_default()).await;
                        let mut response = Response::new(Full::new(body));
                        let headers = response.headers_mut();
                        headers.insert("content-type", http::HeaderValue::from_static("text/xml"));
                        headers.insert(
                            "x-amzn-requestid",
                            http::HeaderValue::from_static("00000000-0000-0000-0000-000000000000"),
                        );
                        Ok::<_, Infallible>(response)
                    }
                });
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    })
}

/// Hashes with the work area reused for so many seconds and prints how many a second.
pub(crate) fn raw_hash(seconds: u64) -> anyhow::Result<()> {
    let parameters =
        Params::new(19_456, 2, 1, Some(32)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut area = vec![Block::new(); parameters.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let mut digest = [0; 32];
    let (begun, time) = (Instant::now(), Duration::from_secs(seconds));
    let mut hashes = 0_u32;
    while begun.elapsed() < time {
        argon2
            .hash_password_into_with_memory(
                &hashes.to_le_bytes(),
                &[7; 16],
                &mut digest,
                area.as_mut_slice(),
            )
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        hashes += 1;
    }
    println!("{}", f64::from(hashes) / begun.elapsed().as_secs_f64());
    Ok(())
}
