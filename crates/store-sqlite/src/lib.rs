//! The store of a single node: one SQLite file in a folder, or in memory.
//!
//! One thread writes, and makes all that waits durable with one sync; readers each have a consistent
//! view and wait for nobody.
//!
//! A commit is durable in the table `log`. The table `record` follows when there is time: after a
//! quarter of a second in which nothing was written, or after a few seconds at the latest under
//! steady load; a load, and the next start after a crash, lay the log over it. The file can be read
//! meanwhile with other programs, `sqlite3` for one, by its owner: the view `current_record` shows
//! the records as they are at any time. The file holds what `sql/schema.sql` says and nothing else.
//!
//! ```
//! use keyward_store::Store;
//! use keyward_store_sqlite::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = SqliteStore::in_memory()?;
//! assert_eq!(store.directory("account_alias", "acme").await?, None);
//! store.close().await?;
//! # Ok(())
//! # }
//! ```

mod apply;
mod audit_history;
mod checkpoint;
mod database;
mod failure;
mod head;
mod load;
mod lookups;
mod opening;
mod pending;
mod reader;
mod rows;
mod statement;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use keyward_names::{AccountId, Timestamp};
use keyward_store::{
    AuditPlace, Changed, Changes, Commit, Committed, DirectoryEntry, KeptAudit, Loaded, OneTimeKey,
    Position, RecordSender, Shard, ShardHead, Store, StoreError, Use, Version, record_channel,
};
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::apply::PreparedCommit;
pub use crate::audit_history::AuditHistory;
use crate::database::Database;
use crate::load::LoadTarget;
use crate::lookups::Lookups;
pub use crate::opening::{OpenError, OpenOptions, Synchronous};
use crate::reader::Readers;
use crate::writer::{Job, WriteJob};

/// A store in one SQLite file, or in memory.
///
/// Its methods must be called within a tokio runtime. When it is dropped without
/// [`Store::close`], what was asked for is still done, a moment later.
pub struct SqliteStore {
    /// `None` once closed.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    /// Told when the writer has ended.
    finished: Mutex<Option<oneshot::Receiver<()>>>,
    /// `None` in memory, where the writer's connection is the only one.
    readers: Option<Arc<Readers>>,
    /// `None` in memory.
    lookups: Option<Lookups>,
    /// Loads may take long, so they have places of their own, and short reads don't wait for them.
    loads: Arc<Semaphore>,
    reads: Arc<Semaphore>,
}

/// How many accounts load at once, and how many short reads run at once: enough to keep a disk busy,
/// few enough that neither threads nor connections pile up.
const READERS: usize = 4;

impl SqliteStore {
    /// Opens the store of a folder, or makes one. Blocks for a moment; longer after a crash, when
    /// the log is read back.
    pub fn open(options: OpenOptions) -> Result<Self, OpenError> {
        let (database, connection) = Database::open(&options)?;
        let readers = Arc::new(Readers::new(database.clone()));
        Self::start(database, connection, Some(readers), options.retention)
    }

    /// Makes an empty store that is gone when it is dropped.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::in_memory_with_retention(OpenOptions::RETENTION)
    }

    /// Makes an empty store that is gone when it is dropped and keeps this many log entries of each
    /// account.
    pub fn in_memory_with_retention(retention: u64) -> Result<Self, OpenError> {
        let (database, connection) = Database::in_memory()?;
        Self::start(database, connection, None, retention)
    }

    fn start(
        database: Database,
        connection: Connection,
        readers: Option<Arc<Readers>>,
        retention: u64,
    ) -> Result<Self, OpenError> {
        let lookups = readers.clone().map(Lookups::start).transpose()?;
        let (jobs, finished) = writer::start(database, connection, retention)?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            finished: Mutex::new(Some(finished)),
            readers,
            lookups,
            loads: Arc::new(Semaphore::new(READERS)),
            reads: Arc::new(Semaphore::new(READERS)),
        })
    }

    /// Hands a job to the writer.
    async fn queue(&self, job: Job) -> Result<(), StoreError> {
        let jobs = {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.clone().ok_or_else(failure::closed)?
        };
        jobs.send(job).await.map_err(|_| failure::closed())
    }

    /// Hands a write to the writer and waits until it is durable.
    async fn write<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> WriteJob,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue(Job::Write(job(answer))).await?;
        answered.await.map_err(|_| failure::closed())?
    }

    /// Reads something short.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(readers) = self.readers.clone() else {
            let (answer, answered) = oneshot::channel();
            self.queue(Job::Read(Box::new(move |connection| {
                let _ = answer.send(read(connection));
            })))
            .await?;
            return answered.await.map_err(|_| failure::closed())?;
        };
        let permit = Arc::clone(&self.reads).acquire_owned().await;
        let permit = permit.map_err(|_| failure::closed())?;
        spawn_blocking(move || {
            let answer = readers.with(read);
            drop(permit);
            answer
        })
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?
    }

    /// Reads a row or a few for a request that waits for them.
    async fn look_up<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.lookups {
            Some(lookups) => lookups.read(read).await,
            None => self.read(read).await,
        }
    }

    async fn load_from_file(
        &self,
        readers: Arc<Readers>,
        account: AccountId,
        records: RecordSender,
    ) -> Result<Option<Version>, StoreError> {
        let permit = Arc::clone(&self.loads).acquire_owned().await;
        let permit = permit.map_err(|_| failure::closed())?;
        let (begin, begun) = oneshot::channel();
        spawn_blocking(move || {
            let mut target = LoadTarget::new(begin, records);
            let loaded = readers.with(|connection| target.load(connection, account));
            if let Err(error) = loaded {
                target.fail(error);
            }
            drop(permit);
        });
        begun.await.map_err(|_| failure::closed())?
    }

    async fn load_from_memory(
        &self,
        account: AccountId,
        records: RecordSender,
    ) -> Result<Option<Version>, StoreError> {
        // A taker that dawdles would hold up the writer, whose connection this is: so all is read
        // at once, and handed over at leisure.
        let (version, chunks) = self
            .read(move |connection| load::load_at_once(connection, account))
            .await?;
        tokio::spawn(async move {
            for chunk in chunks {
                if records.send(Ok(chunk)).await.is_err() {
                    break;
                }
            }
        });
        Ok(version)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, account: AccountId) -> Result<Option<Loaded>, StoreError> {
        let (sender, records) = record_channel();
        let version = match self.readers.clone() {
            Some(readers) => self.load_from_file(readers, account, sender).await?,
            None => self.load_from_memory(account, sender).await?,
        };
        Ok(version.map(|version| Loaded { version, records }))
    }

    async fn commit(&self, batch: Vec<Commit>) -> Result<Vec<Committed>, StoreError> {
        let prepared = batch
            .into_iter()
            .map(PreparedCommit::new)
            .collect::<Result<_, _>>()?;
        self.write(|answer| WriteJob::Commit(prepared, answer))
            .await
    }

    async fn changes(&self, account: AccountId, after: Version) -> Result<Changes, StoreError> {
        self.read(move |connection| reader::changes(connection, account, after))
            .await
    }

    async fn heads(&self) -> Result<Vec<ShardHead>, StoreError> {
        self.read(reader::heads).await
    }

    async fn changed(&self, shard: Shard, after: Position) -> Result<Vec<Changed>, StoreError> {
        self.read(move |connection| reader::changed(connection, shard, after))
            .await
    }

    async fn directory(&self, kind: &str, name: &str) -> Result<Option<AccountId>, StoreError> {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        self.read(move |connection| reader::directory(connection, &kind, &name))
            .await
    }

    async fn directory_list(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        let (kind, after) = (kind.to_owned(), after.map(str::to_owned));
        self.read(move |connection| {
            reader::directory_list(connection, &kind, after.as_deref(), limit)
        })
        .await
    }

    async fn use_once(&self, key: OneTimeKey, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|answer| WriteJob::UseOnce { key, now, answer })
            .await
    }

    async fn is_used(&self, account: AccountId, kind: &str, key: &str) -> Result<bool, StoreError> {
        let (kind, key) = (kind.to_owned(), key.to_owned());
        self.look_up(move |connection| reader::is_used(connection, account, &kind, &key))
            .await
    }

    async fn note_use(&self, batch: Vec<Use>) -> Result<(), StoreError> {
        self.write(|answer| WriteJob::NoteUse(batch, answer)).await
    }

    async fn uses(&self, account: AccountId, subjects: &[String]) -> Result<Vec<Use>, StoreError> {
        let subjects = subjects.to_owned();
        self.look_up(move |connection| reader::uses(connection, account, &subjects))
            .await
    }

    async fn audit(&self, after: AuditPlace) -> Result<Vec<KeptAudit>, StoreError> {
        self.read(move |connection| reader::audit(connection, after))
            .await
    }

    async fn forget_audit(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|answer| WriteJob::ForgetAudit(before, answer))
            .await
    }

    async fn close(&self) -> Result<(), StoreError> {
        if let Some(readers) = &self.readers {
            readers.close();
        }
        self.loads.close();
        self.reads.close();
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let finished = self
            .finished
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(finished) = finished {
            finished.await.map_err(|_| failure::closed())?;
        }
        Ok(())
    }
}
