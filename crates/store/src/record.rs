//! The records of an account, and how they reach the one who loads it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::{StoreError, Version};

/// The receiving end of a load: chunks of records, ended by `None`. An error is the last item, and
/// then the records so far are of no use.
pub type RecordReader = mpsc::Receiver<Result<Vec<Record>, StoreError>>;

/// The store's end of a load.
pub type RecordSender = mpsc::Sender<Result<Vec<Record>, StoreError>>;

/// The two ends of a load. A few chunks may be under way at once, so that reading and taking in go
/// on side by side while memory stays bounded.
#[must_use]
pub fn record_channel() -> (RecordSender, RecordReader) {
    mpsc::channel(4)
}

/// An account on its way out of the store.
#[derive(Debug)]
pub struct Loaded {
    /// The version that all the records stand at.
    pub version: Version,
    /// The records, in the byte order of (kind, key).
    pub records: RecordReader,
}

impl Loaded {
    /// Takes in all records at once: for accounts known to be small.
    pub async fn into_records(mut self) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::new();
        while let Some(chunk) = self.records.recv().await {
            records.append(&mut chunk?);
        }
        Ok(records)
    }
}

/// One record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The kind of record. Neighbours of one kind share it.
    pub kind: Arc<str>,
    /// The record's name among those of its kind.
    pub key: Box<str>,
    /// The record, JSON text, as it was written.
    pub body: Box<str>,
}

// Bodies hold verifiers and sealed secrets, which no log line may show.
impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Record")
            .field("kind", &self.kind)
            .field("key", &self.key)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
