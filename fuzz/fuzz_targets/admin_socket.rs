//! The socket for administration, both ends: never a panic whatever comes; the server answers the first
//! line, with one line, and calls it malformed where it is not a request; the client takes one line for an
//! answer, or says that there was none.
//!
//! Requests that make accounts or passwords are read and not carried out: hashing takes too long. Nor is
//! the question why a request was refused: here none is.

#![no_main]

// The program has no library: its readers are compiled in.
#[path = "../../crates/keyward/src/admin_request.rs"]
mod admin_request;
#[expect(dead_code, reason = "no socket is opened in a folder here")]
#[path = "../../crates/keyward/src/admin_socket.rs"]
mod admin_socket;

/// What `admin_socket` uses of the program: nothing that is read from the socket.
mod new_account {
    pub(crate) fn credentials_lines<Id, Credentials>(
        _: Id,
        _: &str,
        _: &Credentials,
    ) -> Vec<String> {
        Vec::new()
    }
}

/// As `new_account`.
mod why {
    use keyward_engine::Installation;

    pub(crate) fn answer(_: &Installation, _: Option<&str>) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}

use std::os::unix::net::UnixStream as BlockingStream;
use std::sync::LazyLock;

use admin_request::{Request, Response};
use admin_socket::{answer_one, ask_server};
use keyward_testkit::World;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};

/// The most bytes of a request that are read.
const REQUEST_BYTES: usize = 64 * 1024;

static KNOWN: LazyLock<(Runtime, World)> = LazyLock::new(|| {
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build();
    let runtime = runtime.expect("there are threads");
    let world = runtime.block_on(World::new());
    (runtime, world)
});

fuzz_target!(|bytes: &[u8]| {
    let (runtime, world) = &*KNOWN;
    let line = first_line(&bytes[..bytes.len().min(REQUEST_BYTES)]);
    let request = line.map(Request::read);
    match &request {
        Some(Ok(
            request @ (Request::CreateAccount { .. }
            | Request::ResetRootPassword { .. }
            | Request::Why { .. }),
        )) => {
            let written = serde_json::to_string(request).expect("it can be written");
            let again: Request = serde_json::from_str(&written).expect("it can be read again");
            assert_eq!(format!("{again:?}"), format!("{request:?}"));
        }
        Some(Ok(Request::ListAccounts) | Err(_)) | None => {
            let answer = runtime.block_on(answer_to(bytes, world));
            check_answer(&answer, request.as_ref());
        }
    }
    let read = runtime.block_on(read_by_client(bytes));
    let meant = first_line(bytes).map(serde_json::from_str::<Response>);
    match (read, meant) {
        (Ok(read), Some(Ok(meant))) => assert_eq!(format!("{read:?}"), format!("{meant:?}")),
        (Err(error), _) => assert!(!error.to_string().is_empty()),
        (Ok(read), meant) => panic!("{read:?} was read, not {meant:?}"),
    }
});

/// The first line with its end, if it is text.
fn first_line(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    std::str::from_utf8(&bytes[..end.map_or(bytes.len(), |end| end + 1)]).ok()
}

/// What the server answers to these bytes.
async fn answer_to(bytes: &[u8], world: &World) -> Vec<u8> {
    let (mut asking, answering) = UnixStream::pair().expect("there are sockets");
    let ask = async {
        // The server may hang up before it has read all.
        let _ = asking.write_all(bytes).await;
        let _ = asking.shutdown().await;
        let mut answer = Vec::new();
        let _ = asking.read_to_end(&mut answer).await;
        answer
    };
    let (answer, _) = tokio::join!(ask, answer_one(answering, &world.installation));
    answer
}

fn check_answer(answer: &[u8], request: Option<&Result<Request, String>>) {
    let Some(request) = request else {
        return assert!(answer.is_empty(), "what is not text is answered");
    };
    let lines = answer.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines == 1 && answer.ends_with(b"\n"));
    let response = serde_json::from_slice(answer).expect("the answer is one");
    match (request, response) {
        (Ok(_), Response::Lines(lines)) => assert!(!lines.is_empty()),
        (Err(_), Response::Error(error)) => {
            assert!(error.starts_with("the request is malformed: "), "{error}");
        }
        (request, response) => panic!("{request:?} is answered with {response:?}"),
    }
}

/// What the client makes of a server that answers with these bytes.
async fn read_by_client(bytes: &[u8]) -> anyhow::Result<Response> {
    let (asking, answering) = BlockingStream::pair()?;
    answering.set_nonblocking(true)?;
    let mut answering = UnixStream::from_std(answering)?;
    let answer = async {
        // The client hangs up once it has its line.
        let _ = answering.write_all(bytes).await;
        let _ = answering.shutdown().await;
    };
    let request = Request::ListAccounts;
    tokio::join!(ask_server(asking, &request), answer).0
}
