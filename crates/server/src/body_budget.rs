//! The memory that bodies of requests may take.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory that all large bodies share.
pub(crate) struct BodyBudget {
    free: Arc<Semaphore>,
    bytes: usize,
}

impl BodyBudget {
    pub(crate) fn new(bytes: usize) -> Self {
        let bytes = bytes.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(bytes)),
            bytes,
        }
    }

    /// Waits for memory for a body, no longer than a time. A body that is larger than the whole budget
    /// has it alone.
    pub(crate) async fn share(&self, bytes: usize, time: Duration) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes.min(self.bytes)).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.free).acquire_many_owned(bytes);
        tokio::time::timeout(time, share).await.ok()?.ok()
    }
}
