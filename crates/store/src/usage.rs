//! What may be used once, and when things were last used.

use keyward_names::{AccountId, Timestamp};

/// Something that may be used once: a one-time code, an authorization code, a proof, the end of a
/// session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeKey {
    /// The account that it belongs to.
    pub account: AccountId,
    /// What it is. Keys of different kinds don't meet.
    pub kind: &'static str,
    /// Its name among those of its kind; any text without U+0000, and no secret: it is stored as is.
    pub key: String,
    /// From when on it is good no longer. Until then its use is remembered.
    pub until: Timestamp,
}

/// A note that something was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The account that it belongs to.
    pub account: AccountId,
    /// What was used, by a name that is the caller's to choose.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// What else there is to say, JSON text.
    pub detail: String,
}
