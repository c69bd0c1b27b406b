//! What lines are written to.

use std::io::{self, Write as _};

/// What lines are written to.
pub(crate) trait Output: Send {
    /// Writes whole lines.
    fn write(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Makes what was written durable, where there is such a thing.
    fn sync(&mut self) -> io::Result<()>;
}

/// The standard output of the program.
pub(crate) struct StandardOutput;

impl Output for StandardOutput {
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(lines)?;
        stdout.flush()
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
