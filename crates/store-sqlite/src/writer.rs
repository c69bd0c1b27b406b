//! The one thread that writes. It takes everything that waits, does it in one transaction with one
//! sync, and then answers: the more callers wait, the more a sync is worth. Between transactions, and
//! above all when nobody waits, it brings the records up to the log.

use std::thread;
use std::time::Duration;

use keyward_names::Timestamp;
use keyward_store::{Committed, OneTimeKey, StoreError, Use};
use rusqlite::{Connection, TransactionBehavior};
use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use crate::apply::{self, PreparedCommit, Records};
use crate::checkpoint::Checkpoints;
use crate::database::Database;
use crate::pending::{Pending, Size};
use crate::{OpenError, failure};

/// How many jobs may wait before callers wait to be let in.
const QUEUE: usize = 1_024;

/// How many jobs one transaction takes at most, so that the first caller is not kept waiting by an
/// endless stream of others.
const GROUP: usize = 256;

/// After how long without a job the records are brought up to the log.
const QUIET: Duration = Duration::from_millis(250);

/// After how long it is begun even if jobs keep coming.
const STEADY: Duration = Duration::from_secs(5);

/// How long to wait for a job between two slices when there is time, and how many writes a slice then
/// has: a job that comes meanwhile waits a few milliseconds at most.
const PAUSE: Duration = Duration::from_millis(1);
const SLICE: usize = 128;

/// How many writes are brought to the records after each transaction while there is no time, at
/// least. It is twice as many as the transaction had: so they catch up.
const LEAST: usize = 32;

/// A transaction with more writes than this is one that nobody waits for at a keyboard: what is due
/// for it is done before the next of its sort, and others need not wait for it.
const BULK: usize = 1_000;

/// How much may be pending before it is begun. The more, the more writes share a page.
const ROUND: Size = Size {
    commits: u64::MAX,
    writes: 200_000,
    bytes: 64 << 20,
};

/// How much may be pending at all: beyond it, callers wait until all is in the records.
const MOST: Size = Size {
    commits: u64::MAX,
    writes: 600_000,
    bytes: 192 << 20,
};

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something for the thread to do.
pub(crate) enum Job {
    /// Part of the next transaction.
    Write(WriteJob),
    /// Run on the writer's connection, between transactions: in memory there is no other.
    Read(Box<dyn FnOnce(&Connection) + Send>),
}

/// A write and where its answer goes.
pub(crate) enum WriteJob {
    Commit(Vec<PreparedCommit>, Answer<Vec<Committed>>),
    UseOnce {
        key: OneTimeKey,
        now: Timestamp,
        answer: Answer<bool>,
    },
    NoteUse(Vec<Use>, Answer<()>),
    ForgetAudit(Timestamp, Answer<usize>),
}

/// Starts the thread. It ends, and leaves the database tidy, when the sender is dropped and all jobs
/// are done; `finished` tells when.
pub(crate) fn start(
    database: Database,
    mut connection: Connection,
    retention: u64,
) -> Result<(mpsc::Sender<Job>, oneshot::Receiver<()>), OpenError> {
    let pending = Pending::read(&connection)?;
    let (sender, jobs) = mpsc::channel(QUEUE);
    let (finish, finished) = oneshot::channel();
    let timer = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(OpenError::Thread)?;
    let checkpoints = if database.is_file() {
        let checkpoints = Checkpoints::start(database.clone()).map_err(OpenError::Thread)?;
        checkpoints.watch(&mut connection)?;
        Some(checkpoints)
    } else {
        None
    };
    thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            let mut writer = Writer {
                database,
                checkpoints,
                connection: Some(connection),
                pending,
                begin_by: None,
                due: 0,
                retention,
            };
            writer.run(&timer, jobs);
            writer.end();
            let _ = finish.send(());
        })
        .map_err(OpenError::Thread)?;
    Ok((sender, finished))
}

struct Writer {
    database: Database,
    /// `None` in memory, where there is no write-ahead log.
    checkpoints: Option<Checkpoints>,
    /// `None` after an error that made it unfit, until it could be opened anew.
    connection: Option<Connection>,
    /// What the log has and the records don't. Of no meaning without a connection.
    pending: Pending,
    /// When what was gathered is applied at the latest; `None` if nothing was, or after a failure.
    begin_by: Option<Instant>,
    /// How many writes are to be applied before the next bulk transaction.
    due: usize,
    retention: u64,
}

/// What there is to do.
enum Next {
    Job(Job),
    /// Nothing that anyone waits for.
    Idle,
    End,
}

impl Writer {
    fn run(&mut self, timer: &Runtime, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            let first = match self.next(timer, &mut jobs) {
                Next::Job(job) => job,
                Next::Idle => {
                    self.pending.begin_round();
                    self.apply_slice(SLICE);
                    continue;
                }
                Next::End => return,
            };
            let mut next = Some(first);
            while let Some(job) = next {
                match job {
                    Job::Write(job) => group.push(job),
                    Job::Read(read) => {
                        self.write_group(&mut group);
                        if let Some(connection) = &self.connection {
                            read(connection);
                        }
                    }
                }
                next = if group.len() < GROUP {
                    jobs.try_recv().ok()
                } else {
                    None
                };
            }
            let writes = group.iter().map(|job| job.size().writes).sum::<usize>();
            if writes > BULK && self.due > 0 {
                let due = std::mem::take(&mut self.due);
                self.apply_slice(due);
            }
            self.write_group(&mut group);
            self.keep_up(writes);
        }
    }

    /// Waits for a job; only for a while if something is pending.
    fn next(&self, timer: &Runtime, jobs: &mut mpsc::Receiver<Job>) -> Next {
        match jobs.try_recv() {
            Ok(job) => return Next::Job(job),
            Err(TryRecvError::Disconnected) => return Next::End,
            Err(TryRecvError::Empty) => {}
        }
        let job = if self.pending.is_empty() || self.connection.is_none() {
            timer.block_on(jobs.recv())
        } else {
            let patience = if self.pending.is_applying() && self.begin_by.is_some() {
                PAUSE
            } else {
                QUIET
            };
            match timer.block_on(async { timeout(patience, jobs.recv()).await }) {
                Ok(job) => job,
                Err(_) => return Next::Idle,
            }
        };
        job.map_or(Next::End, Next::Job)
    }

    /// Does a group in one transaction. If that fails, each job is tried in a transaction of its
    /// own: savepoints would keep them apart as well, but every group would pay for them.
    fn write_group(&mut self, group: &mut Vec<WriteJob>) {
        if group.is_empty() {
            return;
        }
        let alone = group.len() == 1;
        match self.attempt(group) {
            Ok((outcomes, Records::Now)) => {
                for (job, outcome) in group.drain(..).zip(outcomes) {
                    job.answer(outcome);
                }
            }
            Ok((outcomes, Records::Later)) => {
                for (job, outcome) in group.drain(..).zip(outcomes) {
                    for commit in job.answer(outcome) {
                        self.pending.add(commit.into_pending());
                    }
                }
            }
            Err(error) if alone => {
                tracing::error!(%error, "a write to the store failed");
                for job in group.drain(..) {
                    job.fail(&error);
                }
            }
            Err(error) => {
                tracing::warn!(%error, jobs = group.len(), "a group of writes failed, trying one by one");
                for job in group.drain(..) {
                    self.write_group(&mut vec![job]);
                }
            }
        }
    }

    fn attempt(&mut self, group: &[WriteJob]) -> Result<(Vec<Outcome>, Records), StoreError> {
        self.connect()
            .map_err(|error| failure::store_error(&error))?;
        let mut size = self.pending.size();
        for job in group {
            size += job.size();
        }
        // In memory nothing is gained by waiting.
        let records = if self.database.is_file() && !size.reaches(self.limit(MOST, 1)) {
            Records::Later
        } else {
            Records::Now
        };
        let retention = self.retention;
        let Some(connection) = &mut self.connection else {
            return Err(failure::closed());
        };
        let done = transact(connection, group, records, &self.pending, retention);
        match &done {
            Ok(_) if records == Records::Now => self.pending.clear(),
            Ok(_) => {}
            Err(error) => self.drop_if_spoiled(error),
        }
        done.map(|outcomes| (outcomes, records))
            .map_err(|error| failure::store_error(&error))
    }

    /// Brings some records up to the log after a transaction that had so many writes, if it is time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the store measures how long its own records went without the log"
    )]
    fn keep_up(&mut self, writes: usize) {
        if !self.pending.is_applying() && !self.pending.is_empty() {
            let begin_by = *self.begin_by.get_or_insert_with(|| Instant::now() + STEADY);
            let gathered = self.pending.gathered();
            if gathered.reaches(self.limit(ROUND, 2)) || begin_by <= Instant::now() {
                self.pending.begin_round();
            }
        }
        if self.pending.is_applying() {
            if writes > BULK {
                self.due = 2 * writes;
            } else {
                self.apply_slice(LEAST.max(2 * writes));
            }
        }
        self.look_after_wal();
    }

    /// Such a limit, further bounded by a part of the retention, as the log keeps what is pending.
    fn limit(&self, size: Size, part: u64) -> Size {
        Size {
            commits: (self.retention / part).max(1),
            ..size
        }
    }

    /// Brings about so many pending writes to the records.
    #[expect(
        clippy::disallowed_methods,
        reason = "the store measures how long its own records went without the log"
    )]
    fn apply_slice(&mut self, writes: usize) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        let applied = self
            .database
            .set_lazy(connection)
            .and_then(|()| self.pending.apply_slice(connection, writes));
        let durable = self.database.set_durable(connection);
        if let Err(error) = applied.as_ref().and(durable.as_ref()) {
            tracing::warn!(%error, "the store's records could not be brought up to its log; they will be later");
            self.begin_by = None;
            self.drop_if_spoiled(error);
        } else if self.pending.is_empty() {
            self.begin_by = None;
        } else {
            self.begin_by = Some(Instant::now() + STEADY);
        }
        if durable.is_err() {
            // Its next commit would not wait for the disk.
            self.connection = None;
        }
        self.look_after_wal();
    }

    fn look_after_wal(&mut self) {
        if let (Some(checkpoints), Some(connection)) = (&mut self.checkpoints, &self.connection) {
            checkpoints.look_after(connection);
        }
    }

    /// Opens the connection anew if it was spoiled. What is pending is then read from the log: which
    /// of the latest commits it has, nobody knows better.
    fn connect(&mut self) -> rusqlite::Result<()> {
        if self.connection.is_none() {
            let mut connection = self.database.connect_writer()?;
            self.pending = Pending::read(&connection)?;
            if let Some(checkpoints) = &self.checkpoints {
                checkpoints.watch(&mut connection)?;
            }
            self.connection = Some(connection);
        }
        Ok(())
    }

    fn drop_if_spoiled(&mut self, error: &rusqlite::Error) {
        if failure::spoils_connection(error) && self.database.is_file() {
            self.connection = None;
        }
    }

    /// Brings the records up to the log and folds the write-ahead log in.
    fn end(&mut self) {
        if let Some(checkpoints) = self.checkpoints.take() {
            checkpoints.end();
        }
        if let Some(mut connection) = self.connection.take() {
            let closed = transact(&mut connection, &[], Records::Now, &self.pending, 0)
                .and_then(|_| self.database.close(connection));
            if let Err(error) = closed {
                tracing::warn!(%error, "the store could not be left tidy; the next start will see to it");
            }
        }
        // Last, and before anyone is told: who waits may open the folder again.
        self.database.unlock();
    }
}

/// Does a group of jobs in one transaction, after all that is pending where the records are written
/// as well.
fn transact(
    connection: &mut Connection,
    group: &[WriteJob],
    records: Records,
    pending: &Pending,
    retention: u64,
) -> rusqlite::Result<Vec<Outcome>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if records == Records::Now {
        pending.write_all(&transaction)?;
    }
    let mut outcomes = Vec::with_capacity(group.len());
    for job in group {
        outcomes.push(job.apply(&transaction, records, retention)?);
    }
    transaction.commit()?;
    Ok(outcomes)
}

/// What a job came to, kept until the transaction is durable.
enum Outcome {
    Commit(Vec<Committed>),
    UseOnce(bool),
    NoteUse,
    ForgetAudit(usize),
}

impl WriteJob {
    fn size(&self) -> Size {
        let mut size = Size::default();
        match self {
            Self::Commit(batch, _) => {
                for prepared in batch {
                    size += prepared.size();
                }
            }
            Self::UseOnce { .. } | Self::NoteUse(..) | Self::ForgetAudit(..) => {}
        }
        size
    }

    fn apply(
        &self,
        connection: &Connection,
        records: Records,
        retention: u64,
    ) -> rusqlite::Result<Outcome> {
        match self {
            Self::Commit(batch, _) => batch
                .iter()
                .map(|prepared| apply::commit(connection, prepared, records, retention))
                .collect::<Result<_, _>>()
                .map(Outcome::Commit),
            Self::UseOnce { key, now, .. } => {
                apply::use_once(connection, key, *now).map(Outcome::UseOnce)
            }
            Self::NoteUse(batch, _) => {
                apply::note_use(connection, batch).map(|()| Outcome::NoteUse)
            }
            Self::ForgetAudit(before, _) => {
                apply::forget_audit(connection, *before).map(Outcome::ForgetAudit)
            }
        }
    }

    /// Tells the caller, who may have gone. Gives back the commits that were done.
    fn answer(self, outcome: Outcome) -> Vec<PreparedCommit> {
        match (self, outcome) {
            (Self::Commit(batch, caller), Outcome::Commit(answers)) => {
                let done: Vec<bool> = answers
                    .iter()
                    .map(|answer| matches!(answer, Committed::Done(_)))
                    .collect();
                let _ = caller.send(Ok(answers));
                let commits = batch.into_iter().zip(done);
                return commits
                    .filter_map(|(commit, done)| done.then_some(commit))
                    .collect();
            }
            (Self::UseOnce { answer, .. }, Outcome::UseOnce(first)) => drop(answer.send(Ok(first))),
            (Self::NoteUse(_, caller), Outcome::NoteUse) => drop(caller.send(Ok(()))),
            (Self::ForgetAudit(_, caller), Outcome::ForgetAudit(gone)) => {
                drop(caller.send(Ok(gone)));
            }
            (
                job,
                Outcome::Commit(_)
                | Outcome::UseOnce(_)
                | Outcome::NoteUse
                | Outcome::ForgetAudit(_),
            ) => job.fail(&failure::corrupt("an answer")),
        }
        Vec::new()
    }

    fn fail(self, error: &StoreError) {
        let error = error.clone();
        match self {
            Self::Commit(_, caller) => drop(caller.send(Err(error))),
            Self::UseOnce { answer, .. } => drop(answer.send(Err(error))),
            Self::NoteUse(_, caller) => drop(caller.send(Err(error))),
            Self::ForgetAudit(_, caller) => drop(caller.send(Err(error))),
        }
    }
}
