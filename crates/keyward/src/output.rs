//! What the program says to the person at the terminal. The log is something else.

use std::io::{self, Write as _};

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
