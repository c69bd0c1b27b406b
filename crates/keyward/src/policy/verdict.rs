//! How a command about policies went.

/// How a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Nothing was wrong.
    Fine,
    /// A policy or a question was wrong.
    Faulty,
    /// A file could not be read.
    Unreadable,
}
