//! A store that fails, is away or takes its time when a test says so.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use keyward_names::{AccountId, Timestamp};
use keyward_store::{
    AuditPlace, Changed, Changes, Commit, Committed, DirectoryEntry, KeptAudit, Loaded, OneTimeKey,
    Position, Shard, ShardHead, Store, StoreError, Use, Version,
};
use tokio::sync::Notify;

/// What goes wrong with one commit.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// It fails, and nothing is stored.
    Unavailable,
    /// It is stored, and the answer is lost.
    AnswerLost,
    /// It has reached the store and waits there until the test lets it go.
    Held(HeldCommit),
}

/// A commit that waits in the store until the test lets it go.
#[derive(Debug, Clone, Default)]
pub struct HeldCommit {
    reached: Arc<Notify>,
    released: Arc<Notify>,
}

impl HeldCommit {
    /// Waits until the commit has reached the store.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets the commit go on.
    pub fn let_go(&self) {
        self.released.notify_one();
    }
}

/// A store around another one, that fails when a test says so.
pub struct FailingStore {
    inner: Arc<dyn Store>,
    troubles: Mutex<VecDeque<Trouble>>,
    commits: Mutex<Vec<usize>>,
    is_away: AtomicBool,
    uses_asked: AtomicUsize,
}

impl FailingStore {
    /// Passes everything on until it is told otherwise.
    #[must_use]
    pub fn around(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            troubles: Mutex::default(),
            commits: Mutex::default(),
            is_away: AtomicBool::new(false),
            uses_asked: AtomicUsize::new(0),
        }
    }

    /// Whether every verb but `close` fails from now on, until told otherwise.
    pub fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    /// How often it was asked when things were last used.
    #[must_use]
    pub fn uses_asked(&self) -> usize {
        self.uses_asked.load(Ordering::SeqCst)
    }

    /// Troubles the next commits, one each, in this order.
    pub fn trouble_next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(troubles);
    }

    /// Holds the next commit that has no other trouble before it.
    pub fn hold_next(&self) -> HeldCommit {
        let held = HeldCommit::default();
        self.trouble_next([Trouble::Held(held.clone())]);
        held
    }

    /// How many records each commit so far wrote.
    #[must_use]
    pub fn commits(&self) -> Vec<usize> {
        self.commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The store around which this one is, unless it is away.
    fn reached(&self) -> Result<&dyn Store, StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(told_to_fail());
        }
        Ok(&*self.inner)
    }

    fn next_trouble(&self) -> Option<Trouble> {
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}

fn told_to_fail() -> StoreError {
    StoreError::Unavailable("told to fail".to_owned())
}

#[async_trait]
impl Store for FailingStore {
    async fn commit(&self, batch: Vec<Commit>) -> Result<Vec<Committed>, StoreError> {
        let writes = batch.iter().map(|commit| commit.writes.len()).sum();
        self.commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(writes);
        match self.next_trouble() {
            None => self.reached()?.commit(batch).await,
            Some(Trouble::Unavailable) => Err(told_to_fail()),
            Some(Trouble::AnswerLost) => {
                self.reached()?.commit(batch).await?;
                Err(told_to_fail())
            }
            Some(Trouble::Held(held)) => {
                held.reached.notify_one();
                held.released.notified().await;
                self.reached()?.commit(batch).await
            }
        }
    }

    async fn load(&self, account: AccountId) -> Result<Option<Loaded>, StoreError> {
        self.reached()?.load(account).await
    }

    async fn changes(&self, account: AccountId, after: Version) -> Result<Changes, StoreError> {
        self.reached()?.changes(account, after).await
    }

    async fn heads(&self) -> Result<Vec<ShardHead>, StoreError> {
        self.reached()?.heads().await
    }

    async fn changed(&self, shard: Shard, after: Position) -> Result<Vec<Changed>, StoreError> {
        self.reached()?.changed(shard, after).await
    }

    async fn directory(&self, kind: &str, name: &str) -> Result<Option<AccountId>, StoreError> {
        self.reached()?.directory(kind, name).await
    }

    async fn directory_list(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        self.reached()?.directory_list(kind, after, limit).await
    }

    async fn use_once(&self, key: OneTimeKey, now: Timestamp) -> Result<bool, StoreError> {
        self.reached()?.use_once(key, now).await
    }

    async fn is_used(&self, account: AccountId, kind: &str, key: &str) -> Result<bool, StoreError> {
        self.reached()?.is_used(account, kind, key).await
    }

    async fn note_use(&self, batch: Vec<Use>) -> Result<(), StoreError> {
        self.reached()?.note_use(batch).await
    }

    async fn uses(&self, account: AccountId, subjects: &[String]) -> Result<Vec<Use>, StoreError> {
        self.uses_asked.fetch_add(1, Ordering::SeqCst);
        self.reached()?.uses(account, subjects).await
    }

    async fn audit(&self, after: AuditPlace) -> Result<Vec<KeptAudit>, StoreError> {
        self.reached()?.audit(after).await
    }

    async fn forget_audit(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.reached()?.forget_audit(before).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
