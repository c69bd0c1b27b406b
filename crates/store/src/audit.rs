//! The audit records of changes, which outlive their entries in the log.

use keyward_names::AccountId;

use crate::Version;

/// Where a record stands among all that a store kept, of whichever account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AuditPlace(u64);

impl AuditPlace {
    /// Before the first.
    pub const START: Self = Self(0);

    /// The place of this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number: a later record has a greater one.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A record as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAudit {
    /// Where it stands.
    pub place: AuditPlace,
    /// The account that was changed.
    pub account: AccountId,
    /// The version that the change made.
    pub version: Version,
    /// The record.
    pub record: String,
}

impl KeptAudit {
    /// How many records are read, or forgotten, at once.
    pub const LIMIT: usize = 1_000;
}
