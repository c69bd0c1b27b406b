//! The one error of a store.

/// Why a store gave no answer. `Conflict` and "not found" are answers, and not here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store can't be reached, is out of space, failed to read or write, or is closed. It may
    /// work again later. The text is for the operator's log.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),

    /// What the store holds, or was asked to keep, is not what it should be. Trying again will not
    /// help. The text is for the operator's log.
    #[error("the store is corrupt: {0}")]
    Corrupt(String),
}
