//! Bounds that hold before anyone is known, over real connections.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use keyward_server::{DevOptions, Limits, Mode, Options, Server, Stopped};
use keyward_testkit::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: tokio::task::JoinHandle<Stopped>,
    _world: World,
}

async fn start(limits: Limits) -> Running {
    let world = World::new().await;
    let options = Options {
        mode: Mode::Dev(DevOptions::default()),
        configured_key: None,
        limits,
        trusted_proxies: Vec::new(),
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let installation = std::sync::Arc::clone(&world.installation);
    let server = Server::bind(listen, installation, options, None)
        .await
        .unwrap();
    let address = server.address().unwrap();
    let (stop, told) = oneshot::channel();
    let stopped = tokio::spawn(server.run(async {
        let _ = told.await;
    }));
    Running {
        address,
        stop,
        stopped,
        _world: world,
    }
}

/// Sends some bytes and reads until the server closes the connection.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_bound_is_refused_whether_it_says_its_size_or_not() {
    let running = start(Limits {
        body_bytes: 1_000,
        ..Limits::default()
    })
    .await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\n";
    let said = format!("{head}content-length: 1001\r\n\r\n{}", "x".repeat(1_001));
    let chunked = format!(
        "{head}transfer-encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n",
        "x".repeat(1_001)
    );
    for request in [said, chunked] {
        let answer = exchange(running.address, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(
            answer.contains("<Code>RequestEntityTooLarge</Code>"),
            "{answer}"
        );
    }
    let fits = format!(
        "{head}connection: close\r\ncontent-length: 1000\r\n\r\n{}",
        "x".repeat(1_000)
    );
    assert!(
        exchange(running.address, fits.as_bytes())
            .await
            .starts_with("HTTP/1.1 400")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_head_is_cut_off_and_a_slow_body_is_told() {
    let limits = Limits {
        header_time: Duration::from_millis(200),
        body_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let running = start(limits).await;
    let begun = Instant::now();
    exchange(running.address, b"POST / HTTP/1.1\r\nhost: loc").await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the head was waited for"
    );
    let slow = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nx";
    let answer = exchange(running.address, slow).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_the_bound_is_refused() {
    let running = start(Limits {
        header_bytes: 8_192,
        ..Limits::default()
    })
    .await;
    let request = format!(
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let answer = exchange(running.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert!(
        exchange(running.address, HEALTH.as_bytes())
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_bound_wait_for_a_place() {
    let running = start(Limits {
        connections: 1,
        ..Limits::default()
    })
    .await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let waiting = exchange(running.address, HEALTH.as_bytes());
    tokio::pin!(waiting);
    let waited = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(
        waited.is_err(),
        "a second connection was served beside the first"
    );
    drop(first);
    assert!(waiting.await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_answers_what_is_under_way() {
    let running = start(Limits::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\na")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(
        TcpStream::connect(running.address).await.is_err(),
        "it still accepts"
    );
    stream.write_all(b"=b").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 400"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert_eq!(running.stopped.await.unwrap(), Stopped::Drained);
}
