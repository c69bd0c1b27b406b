//! What becomes of audit records: those of changes are kept with them, and all go to a sink.

use std::fmt;

use keyward_audit::{Record, Sink};
use keyward_names::{Age, Timestamp};
use keyward_store::{KeptAudit, Store, StoreError};

/// What becomes of audit records. By default there are none.
#[derive(Default)]
pub struct Audit {
    sink: Option<Sink>,
    keeps_changes: bool,
    /// `None`: kept for ever.
    kept_for: Option<Age>,
}

impl Audit {
    /// Records of changes are stored with the changes for `kept_for`, or for ever; all records go
    /// to the sink, if there is one.
    #[must_use]
    pub fn new(sink: Option<Sink>, kept_for: Option<Age>) -> Self {
        Self {
            sink,
            keeps_changes: true,
            kept_for,
        }
    }

    /// How many records were lost since the start because they could not be written to files.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.sink.as_ref().map_or(0, Sink::lost)
    }

    /// Whether calls that change nothing have records too.
    #[must_use]
    pub fn has_sink(&self) -> bool {
        self.sink.is_some()
    }

    /// Whether there are records at all.
    pub(crate) fn is_wanted(&self) -> bool {
        self.keeps_changes || self.has_sink()
    }

    /// The record of a change as the store keeps it; `None` where it keeps none.
    #[must_use]
    pub fn of_change(&self, record: &Record<'_>) -> Option<String> {
        self.keeps_changes.then(|| record.to_json())
    }

    /// Sends a record to the sink. Never waits.
    pub fn send(&self, record: &Record<'_>) {
        if let Some(sink) = &self.sink {
            sink.send(record.to_json());
        }
    }

    /// Sends a record that is JSON already.
    pub(crate) fn send_json(&self, record: String) {
        if let Some(sink) = &self.sink {
            sink.send(record);
        }
    }

    /// Writes what the sink still has, and ends it. Blocks for a moment.
    pub fn close(&self) {
        if let Some(sink) = &self.sink {
            sink.close();
        }
    }

    /// Has the store forget records that were kept for long enough.
    pub(crate) async fn forget_old(
        &self,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(kept_for) = self.kept_for.filter(|_| self.keeps_changes) else {
            return Ok(());
        };
        let age = Age::seconds(kept_for.as_seconds().saturating_neg());
        while store.forget_audit(now.plus(age)).await? == KeptAudit::LIMIT {}
        Ok(())
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Audit")
            .field("has_sink", &self.has_sink())
            .field("keeps_changes", &self.keeps_changes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use keyward_names::AccountId;
    use keyward_store::{AuditPlace, Commit, Version};
    use keyward_store_sqlite::SqliteStore;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn records_of_changes_are_forgotten_after_their_time() {
        let store = SqliteStore::in_memory().unwrap();
        let now = Timestamp::from_unix_seconds(1_795_000_000);
        for (version, age) in [(0, 91), (1, 90), (2, 0)] {
            let commit = Commit {
                account: AccountId::from_number(1).unwrap(),
                expected: Version::new(version),
                entry_id: String::new(),
                at: now.plus(Age::seconds(-age * 86_400)),
                writes: Vec::new(),
                claims: Vec::new(),
                releases: Vec::new(),
                audit: vec![String::new(); KeptAudit::LIMIT + 1],
            };
            store.commit(vec![commit]).await.unwrap();
        }
        let oldest = || async { store.audit(AuditPlace::START).await.unwrap()[0].version };
        for (audit, expected) in [
            (Audit::new(None, None), 1),
            (Audit::default(), 1),
            (Audit::new(None, Some(Age::days(90))), 2),
            (Audit::new(None, Some(Age::days(89))), 3),
        ] {
            audit.forget_old(&store, now).await.unwrap();
            assert_eq!(oldest().await, Version::new(expected));
        }
    }
}
