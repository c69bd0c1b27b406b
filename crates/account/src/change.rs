//! Changes: what an operation decided, as data.

use keyward_names::{AccountAlias, AccountId, FoldedName};

use crate::{Record, RecordKey};

/// One change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The record now has this content, whether it was there before or not.
    Put(Record),
    /// The record no longer exists, whether it was there before or not.
    Delete(RecordKey),
}

/// A name that belongs to at most one account of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The id of an account: held from the account's beginning to its end.
    AccountId(AccountId),
    /// An account's alias.
    Alias(AccountAlias),
    /// The e-mail address of an account's root user, who signs in with it.
    RootEmail(FoldedName),
    /// The label in the URL of an account's issuer of tokens, by which its published documents are
    /// found.
    TokenIssuer(Box<str>),
}

/// All changes of one operation, which are made together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// Names that the account takes. If another account has one of them, nothing is changed.
    pub claims: Vec<Claim>,
    /// Names that the account gives up.
    pub releases: Vec<Claim>,
}

impl Changes {
    /// No change at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Writes one record.
    #[must_use]
    pub fn put(record: Record) -> Self {
        Self {
            changes: vec![Change::Put(record)],
            ..Self::default()
        }
    }

    /// Deletes one record.
    #[must_use]
    pub fn delete(key: RecordKey) -> Self {
        Self {
            changes: vec![Change::Delete(key)],
            ..Self::default()
        }
    }

    /// Deletes several records.
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

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.moves_names()
    }
}
