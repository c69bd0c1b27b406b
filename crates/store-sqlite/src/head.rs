//! Where an account stands.

use keyward_store::Version;
use rusqlite::{Connection, OptionalExtension};

use crate::statement;

/// How far an account's log reaches, and how much of it the records have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    /// The version of the newest commit.
    pub(crate) version: Version,
    /// The version that `record` has in full; what came later is in the log.
    pub(crate) applied: Version,
}

impl Head {
    /// `None` for an account without commits.
    pub(crate) fn read(connection: &Connection, account: &str) -> rusqlite::Result<Option<Self>> {
        statement::ACCOUNT_HEAD
            .on(connection)?
            .query_row([account], |row| {
                Ok(Self {
                    version: Version::new(row.get(0)?),
                    applied: Version::new(row.get(1)?),
                })
            })
            .optional()
    }
}
