//! What is read, and the connections for it. Reading never waits for the writer, nor the writer for
//! it; it takes place on threads made for blocking, never on the runtime's own.

use std::sync::{Arc, Mutex, PoisonError};

use keyward_names::{AccountId, Timestamp};
use keyward_store::{
    Changed, Changes, DirectoryEntry, LogEntry, Position, Record, RecordSender, Shard, ShardHead,
    StoreError, Use, Version,
};
use rusqlite::{Connection, OptionalExtension, Row};
use tokio::sync::oneshot;

use crate::apply::parse_writes;
use crate::database::Database;
use crate::failure::{corrupt, store_error};
use crate::statement;

/// How many records a chunk of a load holds.
const CHUNK: usize = 1_024;

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

/// Where a load goes: its version first, then its records.
pub(crate) struct LoadTarget {
    /// `None` once told.
    begin: Option<oneshot::Sender<Result<Option<Version>, StoreError>>>,
    records: RecordSender,
}

impl LoadTarget {
    pub(crate) fn new(
        begin: oneshot::Sender<Result<Option<Version>, StoreError>>,
        records: RecordSender,
    ) -> Self {
        Self {
            begin: Some(begin),
            records,
        }
    }

    /// Loads an account in one read transaction, chunk by chunk; stops when nobody takes them.
    pub(crate) fn load(
        &mut self,
        connection: &Connection,
        account: AccountId,
    ) -> Result<(), StoreError> {
        read_account(connection, account, self).map_err(|error| store_error(&error))
    }

    /// Tells the taker that the load can't go on.
    pub(crate) fn fail(self, error: StoreError) {
        match self.begin {
            Some(begin) => drop(begin.send(Err(error))),
            None => drop(self.records.blocking_send(Err(error))),
        }
    }
}

/// Loads an account whole.
pub(crate) fn load_at_once(
    connection: &Connection,
    account: AccountId,
) -> Result<WholeAccount, StoreError> {
    let mut whole = WholeAccount::default();
    read_account(connection, account, &mut whole).map_err(|error| store_error(&error))?;
    Ok(whole)
}

/// The version of an account, and its records in chunks.
pub(crate) type WholeAccount = (Option<Version>, Vec<Vec<Record>>);

/// One who takes in an account.
trait Taker {
    fn begin(&mut self, version: Option<Version>);

    /// False if no more are wanted.
    fn take(&mut self, chunk: Vec<Record>) -> bool;
}

impl Taker for LoadTarget {
    fn begin(&mut self, version: Option<Version>) {
        if let Some(begin) = self.begin.take() {
            let _ = begin.send(Ok(version));
        }
    }

    fn take(&mut self, chunk: Vec<Record>) -> bool {
        self.records.blocking_send(Ok(chunk)).is_ok()
    }
}

impl Taker for WholeAccount {
    fn begin(&mut self, version: Option<Version>) {
        self.0 = version;
    }

    fn take(&mut self, chunk: Vec<Record>) -> bool {
        self.1.push(chunk);
        true
    }
}

fn read_account(
    connection: &Connection,
    account: AccountId,
    taker: &mut impl Taker,
) -> rusqlite::Result<()> {
    let account = account.to_string();
    let view = connection.unchecked_transaction()?;
    let version = account_version(&view, &account)?;
    taker.begin(version);
    if version.is_none() {
        return Ok(());
    }
    let mut load = statement::LOAD_RECORDS.on(&view)?;
    let mut rows = load.query([&account])?;
    let mut kind: Arc<str> = Arc::from("");
    let mut chunk = Vec::with_capacity(CHUNK);
    while let Some(row) = rows.next()? {
        let row_kind = text(row, 0)?;
        if *kind != *row_kind {
            kind = Arc::from(row_kind);
        }
        chunk.push(Record {
            kind: Arc::clone(&kind),
            key: text(row, 1)?.into(),
            body: text(row, 2)?.into(),
        });
        if chunk.len() == CHUNK {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            if !taker.take(full) {
                return Ok(());
            }
        }
    }
    if !chunk.is_empty() {
        taker.take(chunk);
    }
    Ok(())
}

/// A column's text, borrowed: a load reads millions of them.
fn text<'row>(row: &'row Row<'_>, column: usize) -> rusqlite::Result<&'row str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn account_version(connection: &Connection, account: &str) -> rusqlite::Result<Option<Version>> {
    statement::ACCOUNT_VERSION
        .on(connection)?
        .query_row([account], |row| row.get(0).map(Version::new))
        .optional()
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
        let current = account_version(&view, &account)
            .map_err(sqlite)?
            .unwrap_or(Version::NONE);
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
    let rows: Vec<(u64, u64)> = rows(connection, statement::SHARD_HEADS, [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    rows.into_iter()
        .map(|(shard, position)| {
            Ok(ShardHead {
                shard: Shard::new(shard).ok_or_else(|| corrupt("a shard"))?,
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

/// The last notes of some subjects.
pub(crate) fn uses(
    connection: &Connection,
    account: AccountId,
    subjects: &[String],
) -> Result<Vec<Use>, StoreError> {
    let printed = account.to_string();
    let mut found = Vec::with_capacity(subjects.len());
    for subject in subjects {
        found.extend(rows(
            connection,
            statement::READ_USE,
            (&printed, subject),
            |row| {
                Ok(Use {
                    account,
                    subject: subject.clone(),
                    at: Timestamp::from_unix_seconds(row.get(0)?),
                    detail: row.get(1)?,
                })
            },
        )?);
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
