//! The database: its folder, its lock, its file, and the connections to it.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::{OpenError, OpenOptions, Synchronous, statement};

/// The layout of the tables that this version of the program writes and reads.
const SCHEMA_VERSION: i64 = 2;

/// The database's file in its folder. SQLite puts `-wal` and `-shm` beside it, of the same mode.
const FILE: &str = "keyward.db";

/// The lock in the folder: held by the program that has the store open, never deleted.
const LOCK: &str = "keyward.lock";

/// How long another program's write may hold up ours, the `sqlite3` shell's for one.
const BUSY: Duration = Duration::from_secs(5);

/// Where the database is, with the folder's lock: held until `unlock`, or the end of the process.
#[derive(Clone)]
pub(crate) struct Database {
    place: Place,
}

#[derive(Clone)]
enum Place {
    Memory,
    File {
        path: PathBuf,
        synchronous: Synchronous,
        lock: Arc<File>,
    },
}

impl Database {
    /// Opens or makes the database of a folder, and its writing connection.
    pub(crate) fn open(options: &OpenOptions) -> Result<(Self, Connection), OpenError> {
        let folder = &options.folder;
        let folder_error = |source| OpenError::Folder {
            folder: folder.clone(),
            source,
        };
        make_folder(folder).map_err(folder_error)?;
        check_folder(folder)?;
        let lock = lock(folder)?;
        let path = folder.join(FILE);
        make_private(&path)
            .and_then(|()| sync_folder(folder))
            .map_err(folder_error)?;
        let database = Self {
            place: Place::File {
                path,
                synchronous: options.synchronous,
                lock: Arc::new(lock),
            },
        };
        let mut connection = database.connect_writer()?;
        prepare_schema(&mut connection)?;
        Ok((database, connection))
    }

    /// Makes a database that lives as long as its one connection.
    pub(crate) fn in_memory() -> Result<(Self, Connection), OpenError> {
        let mut connection = Connection::open_in_memory()?;
        tune(&connection)?;
        prepare_schema(&mut connection)?;
        let place = Place::Memory;
        Ok((Self { place }, connection))
    }

    /// Whether it is in a file, which other connections can open as well.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.place, Place::File { .. })
    }

    /// Gives the folder back for the next to open, even where a copy of this is still around.
    pub(crate) fn unlock(&self) {
        if let Place::File { lock, .. } = &self.place
            && let Err(error) = lock.unlock()
        {
            tracing::warn!(%error, "the store's folder stays locked until this program ends");
        }
    }

    /// Folds the write-ahead log into the database's file and ends the connection.
    pub(crate) fn close(&self, connection: Connection) -> rusqlite::Result<()> {
        if self.is_file() {
            checkpoint(&connection, "TRUNCATE")?;
        }
        connection.close().map_err(|(_, error)| error)
    }

    /// Opens a connection that only reads.
    pub(crate) fn connect_reader(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;")?;
        Ok(connection)
    }

    /// Opens a connection that may write.
    pub(crate) fn connect_writer(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // `fullfsync` matters where a plain sync does not reach the disk, and is ignored elsewhere.
        // The log keeps its usual size when it begins anew, as writing over it is cheaper than making
        // it grow. Beyond that, after a load that lasted, it is cut back. Its pages are copied by a
        // thread of their own.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA fullfsync = ON;
             PRAGMA checkpoint_fullfsync = ON;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = 134217728;
             PRAGMA cache_size = -65536;",
        )?;
        self.set_durable(&connection)?;
        Ok(connection)
    }

    /// From now on, a commit on this connection waits for the disk.
    pub(crate) fn set_durable(&self, connection: &Connection) -> rusqlite::Result<()> {
        self.set_synchronous(connection, "PRAGMA synchronous = FULL")
    }

    /// From now on, a commit on this connection does not wait for the disk. It may be lost with the
    /// power, but only with all that came after it: the next durable one makes it durable as well.
    pub(crate) fn set_lazy(&self, connection: &Connection) -> rusqlite::Result<()> {
        self.set_synchronous(connection, "PRAGMA synchronous = NORMAL")
    }

    fn set_synchronous(&self, connection: &Connection, wanted: &str) -> rusqlite::Result<()> {
        match &self.place {
            Place::Memory => Ok(()),
            Place::File { synchronous, .. } => connection.execute_batch(match synchronous {
                Synchronous::Full => wanted,
                Synchronous::Off => "PRAGMA synchronous = OFF",
            }),
        }
    }

    fn connect(&self, access: OpenFlags) -> rusqlite::Result<Connection> {
        let Place::File { path, .. } = &self.place else {
            return Connection::open_in_memory();
        };
        // Each connection is used by one thread at a time, so SQLite need not lock within.
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        tune(&connection)?;
        connection.busy_timeout(BUSY)?;
        Ok(connection)
    }
}

/// Opens a connection that only reads, beside whoever has the folder open. `None` if there is no
/// database; without a connection if its layout is from before audit records.
pub(crate) fn connect_onlooker(folder: &Path) -> Result<Option<Option<Connection>>, OpenError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    tune(&connection)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    let found: i64 = statement::READ_SCHEMA_VERSION
        .on(&connection)?
        .query_row([], |row| row.get(0))
        .optional()?
        .ok_or(OpenError::NotAStore)?;
    match found {
        1 => Ok(Some(None)),
        SCHEMA_VERSION => Ok(Some(Some(connection))),
        found => Err(OpenError::SchemaVersion {
            found,
            known: SCHEMA_VERSION,
        }),
    }
}

/// Has a connection make each statement ready once. Otherwise SQLite plans some of them anew at every
/// use, in case the values bound to them suggest another plan: here none ever does.
fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(statement::COUNT);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Copies the log's pages into the database's file, as far as readers let it.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
}

/// Makes the folder, if need be, for its owner alone.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses a folder in which others could put their own files in place of ours.
fn check_folder(folder: &Path) -> Result<(), OpenError> {
    let metadata = fs::metadata(folder).map_err(|source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    let unsafe_because = |why| {
        Err(OpenError::UnsafeFolder {
            folder: folder.to_owned(),
            why,
        })
    };
    let (mode, owner) = (metadata.mode(), metadata.uid());
    if mode & 0o022 != 0 {
        return unsafe_because("others than its owner can write to it: chmod go-w");
    }
    let own = rustix::process::geteuid().as_raw();
    if owner != own && owner != 0 {
        return unsafe_because("it belongs to another user");
    }
    Ok(())
}

/// Takes the folder's lock, which goes with the process, however that ends.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let folder_error = |source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    };
    let file = open_private(&folder.join(LOCK)).map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(folder_error(source)),
    }
}

/// Sees to it that the file is there and its owner's alone, even if it was put back from a backup
/// with a wider mode.
fn make_private(path: &Path) -> io::Result<()> {
    let file = open_private(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.sync_all()
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A link could lead to a file of another purpose.
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, no_follow);
    options.open(path)
}

/// Makes the names of new files durable; SQLite does so for its log, and not for the database.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes the tables of an empty database; checks those of any other, and brings those of an earlier
/// layout to this one.
fn prepare_schema(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(statement::SCHEMA)?;
        statement::WRITE_SCHEMA_VERSION
            .on(&transaction)?
            .execute([SCHEMA_VERSION])?;
    } else {
        let is_ours: bool = transaction.query_row(
            "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'",
            [],
            |row| row.get(0),
        )?;
        if !is_ours {
            return Err(OpenError::NotAStore);
        }
        let found: i64 = statement::READ_SCHEMA_VERSION
            .on(&transaction)?
            .query_row([], |row| row.get(0))
            .optional()?
            .ok_or(OpenError::NotAStore)?;
        upgrade(&transaction, found)?;
    }
    transaction.commit()?;
    Ok(())
}

fn upgrade(transaction: &Connection, found: i64) -> Result<(), OpenError> {
    if !(1..=SCHEMA_VERSION).contains(&found) {
        return Err(OpenError::SchemaVersion {
            found,
            known: SCHEMA_VERSION,
        });
    }
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    let done = usize::try_from(found - 1).unwrap_or(usize::MAX);
    for upgrade in statement::UPGRADES.iter().skip(done) {
        transaction.execute_batch(upgrade)?;
    }
    statement::ADVANCE_SCHEMA_VERSION
        .on(transaction)?
        .execute([SCHEMA_VERSION])?;
    tracing::info!(
        from = found,
        to = SCHEMA_VERSION,
        "the store was brought to this layout"
    );
    Ok(())
}
