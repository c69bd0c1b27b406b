//! The account writer: the one place where changes to an account become durable.
//!
//! Each loaded account has one writer. While it waits for the store, closures queue up; then they
//! run in the order they came, each on the result of the one before, and become durable together.
//! Readers see a change only when it is durable; then the caller is answered.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use keyward_account::{Account, Changes, Claim};
use keyward_faults::{Fault, fault};
use keyward_store::{Commit, Committed, Store, StoreError, Version, Write};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::random;
use crate::refusal::Refusal;
use crate::rows;

/// How many closures become durable together at most.
const BATCH_BOUND: usize = 256;
/// How many closures wait for a writer at most; further callers wait until there is room.
const QUEUE_BOUND: usize = 1_024;
/// How many times a batch is committed at most when other nodes keep committing first.
const CONFLICT_TRIES: usize = 5;

/// What an account has while it is loaded: its newest durable state and the way to change it.
pub(crate) struct Writer {
    current: Arc<ArcSwap<Account>>,
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the writer of a loaded account. It ends when this is dropped and the queue is empty.
    pub(crate) fn start(store: Arc<dyn Store>, clock: Arc<Clock>, account: Account) -> Self {
        let current = Arc::new(ArcSwap::from_pointee(account));
        let (queue, waiting) = mpsc::channel(QUEUE_BOUND);
        let task = WriterTask {
            store,
            clock,
            current: Arc::clone(&current),
            waiting,
        };
        tokio::spawn(task.run());
        Self { current, queue }
    }

    /// The newest durable state.
    pub(crate) fn account(&self) -> Arc<Account> {
        self.current.load_full()
    }

    /// How many closures have been queued and not yet begun.
    pub(crate) fn queued(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Runs a closure on the newest state and makes what it returns durable. The closure may run
    /// several times. Once queued, it completes even when the caller goes away.
    pub(crate) async fn commit<T, F>(&self, change: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        self.commit_audited(change, None).await
    }

    /// Like [`Writer::commit`]; the audit record becomes durable together with the change. If
    /// nothing is changed, the record is not stored.
    pub(crate) async fn commit_audited<T, F>(
        &self,
        change: F,
        audit: Option<String>,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = TypedJob {
            change,
            audit,
            result: None,
            answer,
        };
        self.queue
            .send(Box::new(job))
            .await
            .map_err(|_| fault::service_unavailable())?;
        answered.await.map_err(|_| fault::service_unavailable())?
    }
}

/// A queued closure, whatever type it returns.
trait Job: Send {
    /// Runs the closure; a refusal changes nothing. The result is kept until `finish`.
    fn run(&mut self, account: &Account) -> Changes;

    /// The audit record to store if the closure changes something.
    fn audit(&self) -> Option<&str>;

    /// Answers the caller: with the closure's result, or with the fault that kept it from becoming
    /// durable.
    fn finish(self: Box<Self>, durable: Result<(), Fault>);
}

struct TypedJob<T, F> {
    change: F,
    audit: Option<String>,
    result: Option<Result<T, Refusal>>,
    answer: oneshot::Sender<Result<T, Refusal>>,
}

impl<T, F> Job for TypedJob<T, F>
where
    T: Send + 'static,
    F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
{
    fn run(&mut self, account: &Account) -> Changes {
        let ran = catch_unwind(AssertUnwindSafe(|| (self.change)(account)));
        let (changes, result) = match ran {
            Ok(Ok((changes, output))) => (changes, Ok(output)),
            Ok(Err(refusal)) => (Changes::none(), Err(refusal)),
            Err(_) => (Changes::none(), Err(Fault::internal(ChangePanicked).into())),
        };
        self.result = Some(result);
        changes
    }

    fn audit(&self) -> Option<&str> {
        self.audit.as_deref()
    }

    fn finish(self: Box<Self>, durable: Result<(), Fault>) {
        let result = match (durable, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(fault::service_unavailable().into()),
            (Err(fault), _) => Err(fault.into()),
        };
        // The caller may have gone away meanwhile.
        let _ = self.answer.send(result);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the closure of a change panicked")]
struct ChangePanicked;

struct WriterTask {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    current: Arc<ArcSwap<Account>>,
    waiting: mpsc::Receiver<Box<dyn Job>>,
}

/// How many closures went into recent commits, and so how many to expect in the next.
///
/// Callers that are answered together send their next change at nearly the same time. If a commit
/// began with the first of them, the others would have to wait for the whole sync, and every other
/// sync would serve one caller alone. So the writer waits until as many have come as lately, but
/// only briefly: for half of what a commit takes, and not at all when callers come singly.
#[derive(Default)]
struct GroupCommit {
    expected: usize,
    patience: Duration,
}

impl GroupCommit {
    const LONGEST_PATIENCE: Duration = Duration::from_micros(400);

    fn was(&mut self, jobs: usize, commit_took: Duration) {
        // Sinks slowly, because one commit with few closures may be chance.
        self.expected = jobs.max(self.expected - self.expected.div_ceil(4));
        self.patience = (commit_took / 2).min(Self::LONGEST_PATIENCE);
    }
}

/// The result of running the queued closures.
struct Batch {
    /// The account after the batch.
    account: Account,
    /// All changes of the batch, in the store's form.
    writes: Vec<Write>,
    /// Names that are taken in the directory, and below those that are given up.
    claims: Vec<Claim>,
    releases: Vec<Claim>,
    /// The audit records of the closures that change something.
    audit: Vec<String>,
    /// How many of the queued closures are in it.
    jobs: usize,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time that a commit takes decides how long the next one waits for more closures"
)]
impl WriterTask {
    async fn run(mut self) {
        let mut queued: VecDeque<Box<dyn Job>> = VecDeque::new();
        let mut group_commit = GroupCommit::default();
        loop {
            if queued.is_empty() {
                match self.waiting.recv().await {
                    Some(job) => queued.push_back(job),
                    None => return,
                }
            }
            self.gather(&mut queued, &group_commit).await;
            let begun = Instant::now();
            let (jobs, outcome) = self.commit(&mut queued).await;
            group_commit.was(jobs, begun.elapsed());
            for job in queued.drain(..jobs) {
                job.finish(outcome.clone());
            }
        }
    }

    /// Takes in what is queued, and waits briefly if more closures are expected.
    async fn gather(&mut self, queued: &mut VecDeque<Box<dyn Job>>, group_commit: &GroupCommit) {
        let begun = Instant::now();
        while queued.len() < BATCH_BOUND {
            match self.waiting.try_recv() {
                Ok(job) => queued.push_back(job),
                Err(_)
                    if queued.len() < group_commit.expected
                        && begun.elapsed() < group_commit.patience =>
                {
                    tokio::task::yield_now().await;
                }
                Err(_) => return,
            }
        }
    }

    /// Commits as many of the queued closures as can go together. Returns how many those are, and
    /// whether they are durable.
    async fn commit(&self, queued: &mut VecDeque<Box<dyn Job>>) -> (usize, Result<(), Fault>) {
        let mut jobs = queued.len();
        for _ in 0..CONFLICT_TRIES {
            let base = self.current.load_full();
            let batch = run_jobs(&base, queued);
            jobs = batch.jobs;
            if batch.writes.is_empty() && batch.claims.is_empty() && batch.releases.is_empty() {
                return (jobs, Ok(()));
            }
            match self.store_batch(&base, &batch).await {
                Ok(Committed::Done(version)) => {
                    let mut account = batch.account;
                    account.set_version(version.number());
                    self.current.store(Arc::new(account));
                    return (jobs, Ok(()));
                }
                Ok(Committed::Taken(name)) => {
                    return (jobs, Err(taken(&name, &batch.claims)));
                }
                Ok(Committed::Conflict { .. }) => {
                    if let Err(error) = self.catch_up(&base).await {
                        return (jobs, Err(fault::service_unavailable().caused_by(error)));
                    }
                }
                Err(error) => return (jobs, Err(fault::service_unavailable().caused_by(error))),
            }
        }
        (jobs, Err(fault::service_unavailable()))
    }

    async fn store_batch(&self, base: &Account, batch: &Batch) -> Result<Committed, StoreError> {
        let entry_id =
            random::entry_id().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let commit = Commit {
            account: base.id(),
            expected: Version::new(base.version()),
            entry_id,
            at: self.clock.now(),
            writes: batch.writes.clone(),
            claims: batch.claims.iter().map(rows::store_claim).collect(),
            releases: batch.releases.iter().map(rows::store_claim).collect(),
            audit: batch.audit.clone(),
        };
        let answers = self.store.commit(vec![commit]).await?;
        answers
            .into_iter()
            .next()
            .ok_or_else(|| StoreError::Corrupt("the store gave no answer to a commit".to_owned()))
    }

    /// Applies what another node changed.
    async fn catch_up(&self, base: &Account) -> Result<(), StoreError> {
        let newest = match self
            .store
            .changes(base.id(), Version::new(base.version()))
            .await?
        {
            keyward_store::Changes::Entries(entries) => rows::follow(base, entries)?,
            keyward_store::Changes::TooOld => rows::load(&*self.store, base.id()).await?,
        };
        self.current.store(Arc::new(newest));
        Ok(())
    }
}

/// Runs closures in order, each on the result of the one before. A closure that claims or releases
/// a name is a batch of its own, because the store's answer is then about that name alone.
fn run_jobs(base: &Arc<Account>, queued: &mut VecDeque<Box<dyn Job>>) -> Batch {
    let mut batch = Batch {
        account: Account::clone(base),
        writes: Vec::new(),
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
        jobs: 0,
    };
    for job in queued.iter_mut() {
        let changes = job.run(&batch.account);
        let moves_names = changes.moves_names();
        if moves_names && batch.jobs > 0 {
            // It has run for nothing: it runs again, alone, in the next batch.
            break;
        }
        for change in &changes.changes {
            batch.account.apply(change);
            batch.writes.push(rows::write_of(change));
        }
        if !changes.is_empty() {
            // Closures that run after this one must see that the account has changed.
            batch.account.set_version(base.version().saturating_add(1));
            batch.audit.extend(job.audit().map(str::to_owned));
        }
        batch.claims.extend(changes.claims);
        batch.releases.extend(changes.releases);
        batch.jobs += 1;
        if moves_names {
            break;
        }
    }
    batch
}

fn taken(name: &keyward_store::Claim, claims: &[Claim]) -> Fault {
    claims
        .iter()
        .find(|claim| rows::store_claim(claim) == *name)
        .map_or_else(fault::service_unavailable, fault::taken)
}

#[cfg(test)]
mod tests;
