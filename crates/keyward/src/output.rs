//! What the program says to the person at the terminal. The log is something else.

use std::io::{self, Write as _};
use std::net::SocketAddr;

/// Prints a line on standard output. A reader that has gone away is no reason to fail.
pub(crate) fn say(line: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{line}");
    let _ = stdout.flush();
}

/// Prints a line on standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// That an address can't be listened on, and what to try. The reason follows.
pub(crate) fn cannot_listen(address: SocketAddr) -> String {
    let port = address.port();
    let mut text = format!("can't listen on {address}");
    if port != 0 {
        let ip = address.ip();
        text.push_str(&format!(
            " (if something else has port {port}, choose another: --listen {}, where port 0 means any that \
             is free)",
            SocketAddr::new(ip, 0)
        ));
    }
    text
}
