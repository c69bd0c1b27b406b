//! What is read, and the connections for it. Reading never waits for the writer, nor the writer for
//! it; it takes place on threads made for blocking and on the one for look-ups, never on the
//! runtime's own.

use std::sync::{Mutex, PoisonError};

use keyward_names::{AccountId, Timestamp};
use keyward_store::{
    AuditPlace, Changed, Changes, DirectoryEntry, KeptAudit, LogEntry, Position, Shard, ShardHead,
    StoreError, Use, Version,
};
use rusqlite::{Connection, Row};

use crate::database::Database;
use crate::failure::{corrupt, store_error};
use crate::head::Head;
use crate::rows::parse_writes;
use crate::statement;

/// Connections that only read, opened as needed and kept for the next.
pub(crate) struct Readers {
    database: Database,
    idle: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            idle: Mutex::new(Some(Vec::new())),
        }
    }

    /// Calls `read` with a connection, on this thread.
    pub(crate) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let idle = idle.as_mut().ok_or_else(crate::failure::closed)?;
            idle.pop()
        };
        let connection = match idle {
            Some(connection) => connection,
            None => self
                .database
                .connect_reader()
                .map_err(|error| store_error(&error))?,
        };
        let answer = read(&connection)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(idle) = idle.as_mut() {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// Lets go of the connections; those at work are let go when they are done.
    pub(crate) fn close(&self) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

/// The log of an account after a version.
pub(crate) fn changes(
    connection: &Connection,
    account: AccountId,
    after: Version,
) -> Result<Changes, StoreError> {
    let account = account.to_string();
    let mut entries = Vec::new();
    let current = {
        let sqlite = |error: rusqlite::Error| store_error(&error);
        let view = connection.unchecked_transaction().map_err(sqlite)?;
        let current = Head::read(&view, &account)
            .map_err(sqlite)?
            .unwrap_or_default()
            .version;
        let mut log = statement::READ_LOG.on(&view).map_err(sqlite)?;
        let mut rows = log.query((&account, after.number())).map_err(sqlite)?;
        while let Some(row) = rows.next().map_err(sqlite)? {
            entries.push(log_entry(row)?);
        }
        current
    };
    let first_missing = entries
        .first()
        .map_or(current, |entry| Version::new(entry.version.number() - 1));
    if first_missing == after {
        Ok(Changes::Entries(entries))
    } else {
        Ok(Changes::TooOld)
    }
}

fn log_entry(row: &Row<'_>) -> Result<LogEntry, StoreError> {
    let sqlite = |error: rusqlite::Error| store_error(&error);
    let writes = row.get_ref(3).map_err(sqlite)?;
    let writes = writes.as_str().map_err(|_| corrupt("a log entry"))?;
    Ok(LogEntry {
        version: Version::new(row.get(0).map_err(sqlite)?),
        entry_id: row.get(1).map_err(sqlite)?,
        at: Timestamp::from_unix_seconds(row.get(2).map_err(sqlite)?),
        writes: parse_writes(writes).map_err(|_| corrupt("a log entry"))?,
    })
}

/// How far each shard's log reaches.
pub(crate) fn heads(connection: &Connection) -> Result<Vec<ShardHead>, StoreError> {
    read_heads(connection).map_err(|error| store_error(&error))
}

fn read_heads(connection: &Connection) -> rusqlite::Result<Vec<ShardHead>> {
    let view = connection.unchecked_transaction()?;
    Shard::all()
        .map(|shard| {
            let position = statement::NEWEST_POSITION
                .on(&view)?
                .query_row([shard.number()], |row| row.get(0))?;
            Ok(ShardHead {
                shard,
                position: Position::new(position),
            })
        })
        .collect()
}

/// The accounts of a shard that changed after a position.
pub(crate) fn changed(
    connection: &Connection,
    shard: Shard,
    after: Position,
) -> Result<Vec<Changed>, StoreError> {
    let parameters = (shard.number(), after.number(), Changed::LIMIT);
    let rows: Vec<(u64, String, u64)> =
        rows(connection, statement::CHANGED_ACCOUNTS, parameters, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    rows.into_iter()
        .map(|(position, account, version)| {
            Ok(Changed {
                position: Position::new(position),
                account: parse_account(&account)?,
                version: Version::new(version),
            })
        })
        .collect()
}

/// The account that holds a name.
pub(crate) fn directory(
    connection: &Connection,
    kind: &str,
    name: &str,
) -> Result<Option<AccountId>, StoreError> {
    let holders: Vec<String> = rows(
        connection,
        statement::DIRECTORY_HOLDER,
        (kind, name),
        |row| row.get(0),
    )?;
    holders
        .first()
        .map(|holder| parse_account(holder))
        .transpose()
}

/// The names of a kind after a name.
pub(crate) fn directory_list(
    connection: &Connection,
    kind: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<DirectoryEntry>, StoreError> {
    let parameters = (kind, after.unwrap_or_default(), limit);
    let rows: Vec<(String, String)> =
        rows(connection, statement::DIRECTORY_LIST, parameters, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    rows.into_iter()
        .map(|(name, holder)| {
            Ok(DirectoryEntry {
                name,
                account: parse_account(&holder)?,
            })
        })
        .collect()
}

/// The audit records after a place.
pub(crate) fn audit(
    connection: &Connection,
    after: AuditPlace,
) -> Result<Vec<KeptAudit>, StoreError> {
    let parameters = (after.number(), KeptAudit::LIMIT);
    let rows: Vec<(u64, String, u64, String)> =
        rows(connection, statement::READ_AUDIT, parameters, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    rows.into_iter()
        .map(|(place, account, version, record)| {
            Ok(KeptAudit {
                place: AuditPlace::new(place),
                account: parse_account(&account)?,
                version: Version::new(version),
                record,
            })
        })
        .collect()
}

/// The place of the newest audit record.
pub(crate) fn newest_audit(connection: &Connection) -> rusqlite::Result<AuditPlace> {
    let mut newest = statement::NEWEST_AUDIT.on(connection)?;
    newest.query_row([], |row| row.get(0)).map(AuditPlace::new)
}

/// Whether a key was used up.
pub(crate) fn is_used(
    connection: &Connection,
    account: AccountId,
    kind: &str,
    key: &str,
) -> Result<bool, StoreError> {
    let parameters = (account.to_string(), kind, key);
    let found = rows(connection, statement::IS_USED, parameters, |_| Ok(()))?;
    Ok(!found.is_empty())
}

/// The last notes of some subjects.
pub(crate) fn uses(
    connection: &Connection,
    account: AccountId,
    subjects: &[String],
) -> Result<Vec<Use>, StoreError> {
    read_uses(connection, account, subjects).map_err(|error| store_error(&error))
}

fn read_uses(
    connection: &Connection,
    account: AccountId,
    subjects: &[String],
) -> rusqlite::Result<Vec<Use>> {
    let printed = account.to_string();
    let mut statement = statement::READ_USE.on(connection)?;
    let mut found = Vec::new();
    for subject in subjects {
        let mut rows = statement.query((&printed, subject))?;
        if let Some(row) = rows.next()? {
            found.push(Use {
                account,
                subject: subject.clone(),
                at: Timestamp::from_unix_seconds(row.get(0)?),
                detail: row.get(1)?,
            });
        }
    }
    Ok(found)
}

fn rows<T>(
    connection: &Connection,
    statement: statement::Statement,
    parameters: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    statement
        .on(connection)
        .and_then(|mut statement| statement.query_map(parameters, read)?.collect())
        .map_err(|error| store_error(&error))
}

fn parse_account(text: &str) -> Result<AccountId, StoreError> {
    if text == AccountId::INSTALLATION.to_string() {
        return Ok(AccountId::INSTALLATION);
    }
    AccountId::parse(text).map_err(|_| corrupt("an account id"))
}
