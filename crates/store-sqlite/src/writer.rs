//! The one thread that writes. It takes everything that waits, does it in one transaction with one
//! sync, and then answers: the more callers wait, the more a sync is worth.

use std::thread;

use keyward_names::Timestamp;
use keyward_store::{Committed, OneTimeKey, StoreError, Use};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::apply::{self, PreparedCommit};
use crate::database::Database;
use crate::failure;

/// How many jobs may wait before callers wait to be let in.
const QUEUE: usize = 1_024;

/// How many jobs one transaction takes at most, so that the first caller is not kept waiting by an
/// endless stream of others.
const GROUP: usize = 256;

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
}

/// Starts the thread. It ends, and leaves the database tidy, when the sender is dropped and all jobs
/// are done; `finished` tells when.
pub(crate) fn start(
    database: Database,
    connection: Connection,
    retention: u64,
) -> std::io::Result<(mpsc::Sender<Job>, oneshot::Receiver<()>)> {
    let (sender, jobs) = mpsc::channel(QUEUE);
    let (finish, finished) = oneshot::channel();
    thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            let mut writer = Writer {
                database,
                connection: Some(connection),
                retention,
            };
            writer.run(jobs);
            writer.end();
            let _ = finish.send(());
        })?;
    Ok((sender, finished))
}

struct Writer {
    database: Database,
    /// `None` after an error that made it unfit, until it could be opened anew.
    connection: Option<Connection>,
    retention: u64,
}

impl Writer {
    fn run(&mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        while let Some(first) = jobs.blocking_recv() {
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
            self.write_group(&mut group);
        }
    }

    /// Does a group in one transaction. If that fails, each job is tried in a transaction of its
    /// own: savepoints would keep them apart as well, but every group would pay for them.
    fn write_group(&mut self, group: &mut Vec<WriteJob>) {
        if group.is_empty() {
            return;
        }
        let alone = group.len() == 1;
        match self.attempt(group) {
            Ok(outcomes) => {
                for (job, outcome) in group.drain(..).zip(outcomes) {
                    job.answer(outcome);
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

    fn attempt(&mut self, group: &[WriteJob]) -> Result<Vec<Outcome>, StoreError> {
        let retention = self.retention;
        let connection = match &mut self.connection {
            Some(connection) => connection,
            unfit => unfit.insert(self.database.reopen()?),
        };
        transact(connection, group, retention).map_err(|error| {
            if failure::spoils_connection(&error) && self.database.can_reopen() {
                self.connection = None;
            }
            failure::store_error(&error)
        })
    }

    fn end(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Err(error) = self.database.close(connection)
        {
            tracing::warn!(%error, "the store's write-ahead log could not be folded in; it will be at the next start");
        }
        // Last, and before anyone is told: who waits may open the folder again.
        self.database.unlock();
    }
}

fn transact(
    connection: &mut Connection,
    group: &[WriteJob],
    retention: u64,
) -> rusqlite::Result<Vec<Outcome>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(group.len());
    for job in group {
        outcomes.push(job.apply(&transaction, retention)?);
    }
    transaction.commit()?;
    Ok(outcomes)
}

/// What a job came to, kept until the transaction is durable.
enum Outcome {
    Commit(Vec<Committed>),
    UseOnce(bool),
    NoteUse,
}

impl WriteJob {
    fn apply(&self, connection: &Connection, retention: u64) -> rusqlite::Result<Outcome> {
        match self {
            Self::Commit(batch, _) => batch
                .iter()
                .map(|prepared| apply::commit(connection, prepared, retention))
                .collect::<Result<_, _>>()
                .map(Outcome::Commit),
            Self::UseOnce { key, now, .. } => {
                apply::use_once(connection, key, *now).map(Outcome::UseOnce)
            }
            Self::NoteUse(batch, _) => {
                apply::note_use(connection, batch).map(|()| Outcome::NoteUse)
            }
        }
    }

    /// Tells the caller, who may have gone.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Commit(_, caller), Outcome::Commit(answers)) => drop(caller.send(Ok(answers))),
            (Self::UseOnce { answer, .. }, Outcome::UseOnce(first)) => drop(answer.send(Ok(first))),
            (Self::NoteUse(_, caller), Outcome::NoteUse) => drop(caller.send(Ok(()))),
            (job, Outcome::Commit(_) | Outcome::UseOnce(_) | Outcome::NoteUse) => {
                job.fail(&failure::corrupt("an answer"));
            }
        }
    }

    fn fail(self, error: &StoreError) {
        let error = error.clone();
        match self {
            Self::Commit(_, caller) => drop(caller.send(Err(error))),
            Self::UseOnce { answer, .. } => drop(answer.send(Err(error))),
            Self::NoteUse(_, caller) => drop(caller.send(Err(error))),
        }
    }
}
