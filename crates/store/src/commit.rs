//! Changes to an account, and the directory of names that are unique across accounts.

use std::fmt;

use keyward_names::{AccountId, Timestamp};

/// How many commits an account has seen. The first one makes version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(u64);

impl Version {
    /// The version of an account that nothing was ever committed for.
    pub const NONE: Self = Self(0);

    /// The version after this many commits.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of commits.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The version after one more commit.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One change of an account: what [`Store::commit`](crate::Store::commit) does in full or not at all.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The account to change.
    pub account: AccountId,
    /// The version that the change was made for; [`Version::NONE`] for an account's first.
    pub expected: Version,
    /// A random id of the change. Two logs that differ at the same version differ in it.
    pub entry_id: String,
    /// When the change was made, by the caller's clock.
    pub at: Timestamp,
    /// The records to put and to delete.
    pub writes: Vec<Write>,
    /// The names to take in the directory. A name that the account already holds is no hindrance.
    pub claims: Vec<Claim>,
    /// The names to give back first. A name that the account does not hold is left alone.
    pub releases: Vec<Claim>,
    /// The audit records of the requests that the change is made of: texts that a store keeps as they
    /// are, and knows nothing of.
    pub audit: Vec<String>,
}

/// Puts or deletes a record.
#[derive(Clone, PartialEq, Eq)]
pub struct Write {
    /// The kind of record.
    pub kind: &'static str,
    /// The record's name among those of its kind; any text without U+0000.
    pub key: Box<str>,
    /// The record, JSON text without U+0000; `None` deletes it. Deleting what is not there is fine.
    /// White space before and after the text may be lost; within, it is kept. A text that is not JSON fails the whole call, and nothing of it is done.
    pub body: Option<String>,
}

impl Write {
    /// Puts a record, new or in place of the former one.
    pub fn put(kind: &'static str, key: impl Into<Box<str>>, body: impl Into<String>) -> Self {
        Self {
            kind,
            key: key.into(),
            body: Some(body.into()),
        }
    }

    /// Deletes a record.
    pub fn delete(kind: &'static str, key: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            key: key.into(),
            body: None,
        }
    }
}

// Bodies hold verifiers and sealed secrets, which no log line may show.
impl fmt::Debug for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Write")
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("body_bytes", &self.body.as_ref().map(String::len))
            .finish()
    }
}

/// A name that at most one account holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// What the name is: names of different kinds don't meet.
    pub kind: &'static str,
    /// The name, compared byte by byte; not empty.
    pub name: String,
}

/// What became of a [`Commit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It is done and durable, and made this version.
    Done(Version),
    /// Nothing was done: the account stands at another version than the expected one.
    Conflict {
        /// The version that the account stands at.
        current: Version,
    },
    /// Nothing was done: another account holds this name.
    Taken(Claim),
}

/// A name in the directory and the account that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// The name.
    pub name: String,
    /// Its holder.
    pub account: AccountId,
}
