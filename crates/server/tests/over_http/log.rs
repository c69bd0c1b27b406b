//! What is written to the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use keyward_server::Limits;
use tracing_subscriber::fmt::MakeWriter;

use crate::{exchange, start};

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Kept {
    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_writes_no_line_of_its_own() {
    let log = Kept::default();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(log.clone())
        .init();
    let running = start(Limits::default()).await;
    let forged = "%0A2026-11-24T00%3A00%3A00Z%20%20INFO%20forged";
    for target in [
        format!("/?Action=X{forged}&Version=2010-05-08"),
        format!("/?Action=GetUser&Version=2010-05-08{forged}"),
        format!("/?Action=GetUser&Version=2010-05-08&UserName=Bob{forged}"),
        format!("/?Action=GetUser&Version=2010-05-08&X-Amz-Algorithm=AWS4-HMAC-SHA256{forged}"),
        format!("/?{forged}=%zz"),
        format!("/{forged}"),
    ] {
        for host in ["localhost", "forged.example"] {
            let request =
                format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            let answer = exchange(running.address, request.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
    }
    let text = log.text();
    assert!(text.contains("InvalidAction"), "{text}");
    assert!(!text.contains("forged"), "{text}");
}
