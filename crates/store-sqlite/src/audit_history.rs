//! Looking back at the audit records of changes, whether or not a program has the store open.

use std::path::Path;

use keyward_store::{AuditPlace, KeptAudit, StoreError};
use rusqlite::Connection;

use crate::failure::store_error;
use crate::{OpenError, database, reader};

/// The audit records of the store in a folder, to be read by an operator. It takes no lock, writes
/// nothing and holds nobody up.
pub struct AuditHistory {
    /// `None` where the tables are of a layout that has no such records.
    connection: Option<Connection>,
}

impl AuditHistory {
    /// Opens the store of a folder; `None` if there is none.
    pub fn open(folder: &Path) -> Result<Option<Self>, OpenError> {
        let history = database::connect_onlooker(folder)?;
        Ok(history.map(|connection| Self { connection }))
    }

    /// The records after a place, as [`keyward_store::Store::audit`].
    pub fn after(&self, place: AuditPlace) -> Result<Vec<KeptAudit>, StoreError> {
        match &self.connection {
            Some(connection) => reader::audit(connection, place),
            None => Ok(Vec::new()),
        }
    }

    /// Where the newest record stands.
    pub fn newest(&self) -> Result<AuditPlace, StoreError> {
        let Some(connection) = &self.connection else {
            return Ok(AuditPlace::START);
        };
        reader::newest_audit(connection).map_err(|error| store_error(&error))
    }
}
