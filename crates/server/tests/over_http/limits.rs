//! Bounds that hold before anyone is known, over real connections.

use std::net::SocketAddr;
use std::time::Duration;

use keyward_server::{Limits, Stopped};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::{exchange, start};

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
    exchange_at_once(running.address, b"POST / HTTP/1.1\r\nhost: loc").await;
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
    let mut stream = begin_body(running.address, 3).await;
    stream.write_all(b"a").await.unwrap();
    running.stop.send(()).unwrap();
    let refused = async { while TcpStream::connect(running.address).await.is_ok() {} };
    let refused = tokio::time::timeout(Duration::from_secs(5), refused).await;
    assert!(refused.is_ok(), "it still accepts");
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

#[tokio::test(flavor = "multi_thread")]
async fn what_the_head_refuses_is_refused_without_its_body() {
    let running = start(Limits::default()).await;
    for (line, host, status) in [
        ("POST /", "evil.example", "403"),
        ("PUT /", "localhost", "405"),
        ("POST /nowhere", "localhost", "404"),
        ("POST /_keyward/accounts", "localhost", "413"),
        ("GET /?Action=ListUsers", "localhost", "413"),
    ] {
        let head = format!("{line} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000000\r\n\r\n");
        let answer = exchange_at_once(running.address, head.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{line}: {answer}"
        );
    }
    let small = "POST /nowhere HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\na=b";
    let answer = exchange(running.address, format!("{small}{HEALTH}").as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 2, "{answer}");
}

/// Sends a request, which must be answered well before any wait is over.
async fn exchange_at_once(address: SocketAddr, bytes: &[u8]) -> String {
    let answer = tokio::time::timeout(Duration::from_secs(5), exchange(address, bytes)).await;
    assert!(answer.is_ok(), "it was waited for");
    answer.unwrap_or_default()
}

/// Begins a request with a body of `length` bytes, none of which is sent yet. Once the server asks for
/// the body, the request is under way and has its share of the memory.
async fn begin_body(address: SocketAddr, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         expect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut asked = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut asked).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100"));
    stream
}

/// A request with a body that says it has `length` bytes, and sends `sent` of them.
fn form(length: usize, sent: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{}",
        "x".repeat(sent)
    )
}

/// Large bodies have 10,000 bytes together, small ones up to 1,000 each, and this long to come.
fn little_room(body_time: Duration) -> Limits {
    Limits {
        body_time,
        small_body_bytes: 1_000,
        large_bodies_bytes: 10_000,
        ..Limits::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_share_their_memory_and_small_ones_need_none_of_it() {
    let running = start(little_room(Duration::from_secs(60))).await;
    let chunked = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n7d0\r\n{}\r\n0\r\n\r\n",
        "x".repeat(2_000)
    );
    let holder = begin_body(running.address, 9_000).await;
    // Had it to wait for the holder's share, the answer would be 503.
    let small = form(1_000, 1_000);
    let small = exchange(running.address, small.as_bytes()).await;
    assert!(small.starts_with("HTTP/1.1 400"), "{small}");
    let waiting = form(2_000, 2_000);
    let waiting = async {
        tokio::join!(
            exchange(running.address, waiting.as_bytes()),
            exchange(running.address, chunked.as_bytes()),
        )
    };
    tokio::pin!(waiting);
    let answered = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(answered.is_err(), "nobody waited");
    // The share of a client that hangs up goes to those that wait.
    drop(holder);
    for answer in <[String; 2]>::from(waiting.await) {
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_that_finds_no_room_is_told_so() {
    let running = start(little_room(Duration::from_secs(1))).await;
    // One after another has the room until it is cut off. Each waits only as long as one holds it,
    // so most of them wait in vain, in whatever order they came.
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (address, held) = (running.address, form(9_000, 8_999));
        asked.spawn(async move { exchange(address, held.as_bytes()).await });
    }
    let (cut_off, refused): (Vec<String>, Vec<String>) = asked
        .join_all()
        .await
        .into_iter()
        .partition(|answer| answer.starts_with("HTTP/1.1 408"));
    assert!(!cut_off.is_empty(), "{refused:?}");
    assert!(!refused.is_empty(), "{cut_off:?}");
    for answer in refused {
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        let code = "<Code>ServiceUnavailable</Code>";
        assert!(answer.contains(code), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_no_answer_loses_its_place() {
    let running = start(Limits {
        connections: 1,
        write_time: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut deaf = socket.connect(running.address).await.unwrap();
    let requests = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1_000);
    let sending = async { while deaf.write_all(requests.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(20), sending)
        .await
        .expect("it still has its place");
    assert!(
        exchange(running.address, HEALTH.as_bytes())
            .await
            .starts_with("HTTP/1.1 200")
    );
}
