//! The log of an account: what nodes follow instead of loading it again.

use std::fmt;

use keyward_names::Timestamp;

use crate::Version;

/// What happened to an account after a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Every entry after it, oldest first; the first one's version is the next after the one asked
    /// about.
    Entries(Vec<LogEntry>),
    /// The log does not tell: load the account again.
    TooOld,
}

/// One commit, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The version that the commit made.
    pub version: Version,
    /// The random id that its caller gave it.
    pub entry_id: String,
    /// When it was made, by its caller's clock.
    pub at: Timestamp,
    /// What it wrote, in order.
    pub writes: Vec<LoggedWrite>,
}

/// A [`Write`](crate::Write), read back from the log.
#[derive(Clone, PartialEq, Eq)]
pub struct LoggedWrite {
    /// The kind of record.
    pub kind: Box<str>,
    /// The record's name among those of its kind.
    pub key: Box<str>,
    /// The record, JSON text; `None` if it was deleted.
    pub body: Option<Box<str>>,
}

// Bodies hold verifiers and sealed secrets, which no log line may show.
impl fmt::Debug for LoggedWrite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LoggedWrite")
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("body_bytes", &self.body.as_ref().map(|body| body.len()))
            .finish()
    }
}
