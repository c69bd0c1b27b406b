//! A store that does as it is told: fails, meets other writers, takes its time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use keyward_names::{AccountId, Timestamp};
use keyward_store::{
    Changed, Changes, Commit, Committed, DirectoryEntry, Loaded, OneTimeKey, Position, Shard,
    ShardHead, Store, StoreError, Use, Version,
};
use tokio::sync::Notify;

/// What befalls one commit.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// It fails, and nothing is stored.
    Unavailable,
    /// It is stored, and the answer is lost.
    AnswerLost,
    /// It waits until it is let go.
    Held(Arc<Notify>),
}

/// A store around another one.
pub struct ToldStore {
    inner: Arc<dyn Store>,
    troubles: Mutex<VecDeque<Trouble>>,
    commits: Mutex<Vec<usize>>,
}

impl ToldStore {
    /// Passes everything on until it is told otherwise.
    #[must_use]
    pub fn around(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            troubles: Mutex::default(),
            commits: Mutex::default(),
        }
    }

    /// Troubles the next commits, one each, in this order.
    pub fn trouble_next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(troubles);
    }

    /// How many records each commit so far wrote.
    #[must_use]
    pub fn commits(&self) -> Vec<usize> {
        self.commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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
impl Store for ToldStore {
    async fn commit(&self, batch: Vec<Commit>) -> Result<Vec<Committed>, StoreError> {
        let writes = batch.iter().map(|commit| commit.writes.len()).sum();
        self.commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(writes);
        match self.next_trouble() {
            None => self.inner.commit(batch).await,
            Some(Trouble::Unavailable) => Err(told_to_fail()),
            Some(Trouble::AnswerLost) => {
                self.inner.commit(batch).await?;
                Err(told_to_fail())
            }
            Some(Trouble::Held(let_go)) => {
                let_go.notified().await;
                self.inner.commit(batch).await
            }
        }
    }

    async fn load(&self, account: AccountId) -> Result<Option<Loaded>, StoreError> {
        self.inner.load(account).await
    }

    async fn changes(&self, account: AccountId, after: Version) -> Result<Changes, StoreError> {
        self.inner.changes(account, after).await
    }

    async fn heads(&self) -> Result<Vec<ShardHead>, StoreError> {
        self.inner.heads().await
    }

    async fn changed(&self, shard: Shard, after: Position) -> Result<Vec<Changed>, StoreError> {
        self.inner.changed(shard, after).await
    }

    async fn directory(&self, kind: &str, name: &str) -> Result<Option<AccountId>, StoreError> {
        self.inner.directory(kind, name).await
    }

    async fn directory_list(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError> {
        self.inner.directory_list(kind, after, limit).await
    }

    async fn use_once(&self, key: OneTimeKey, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.use_once(key, now).await
    }

    async fn note_use(&self, batch: Vec<Use>) -> Result<(), StoreError> {
        self.inner.note_use(batch).await
    }

    async fn uses(&self, account: AccountId, subjects: &[String]) -> Result<Vec<Use>, StoreError> {
        self.inner.uses(account, subjects).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
