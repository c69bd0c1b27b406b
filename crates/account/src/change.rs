//! Changes: what an operation decided, as data.

use keyward_names::{AccountAlias, AccountId, FoldedName};

use crate::{Record, RecordKey};

/// One step from an account to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The record now has this content, whether it was there before or not.
    Put(Record),
    /// The record is gone, whether it was there before or not.
    Delete(RecordKey),
}

/// A name that belongs to at most one account of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The id of an account: held from the account's beginning to its end.
    AccountId(AccountId),
    /// An account's alias.
    Alias(AccountAlias),
    /// The e-mail address of an account's root user, which signs in by it.
    RootEmail(FoldedName),
    /// The label of an account's issuer of tokens, by which what it publishes is found.
    TokenIssuer(Box<str>),
}

/// All that one operation changes, at once or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The steps, in order.
    pub changes: Vec<Change>,
    /// Names the account takes. If another account has one of them, nothing is changed.
    pub claims: Vec<Claim>,
    /// Names the account gives up.
    pub releases: Vec<Claim>,
}

impl Changes {
    /// No change at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One record's new content.
    #[must_use]
    pub fn put(record: Record) -> Self {
        Self {
            changes: vec![Change::Put(record)],
            ..Self::default()
        }
    }

    /// One record's end.
    #[must_use]
    pub fn delete(key: RecordKey) -> Self {
        Self {
            changes: vec![Change::Delete(key)],
            ..Self::default()
        }
    }

    /// The end of several records.
    #[must_use]
    pub fn delete_all(keys: impl IntoIterator<Item = RecordKey>) -> Self {
        Self {
            changes: keys.into_iter().map(Change::Delete).collect(),
            ..Self::default()
        }
    }

    /// Whether names are taken or given up.
    #[must_use]
    pub fn moves_names(&self) -> bool {
        !(self.claims.is_empty() && self.releases.is_empty())
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.moves_names()
    }
}
