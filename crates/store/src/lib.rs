//! What a store must do to keep Keyward's accounts: the [`Store`] trait, its words, its one error,
//! and the [`contract`] suite that every store's tests run.
//!
//! A store knows no word of IAM. It keeps records — a kind, a key and a body of JSON text — for each
//! account, and a log of how they changed. It decides nothing, caches nothing, and reads no clock.
//!
//! ```
//! use keyward_names::{AccountId, Timestamp};
//! use keyward_store::{Commit, Committed, Store, StoreError, Version, Write};
//!
//! async fn put_greeting(store: &dyn Store, account: AccountId) -> Result<Version, StoreError> {
//!     let commit = Commit {
//!         account,
//!         expected: Version::NONE,
//!         entry_id: "0d9a6d5e".to_owned(),
//!         at: Timestamp::from_unix_seconds(1_795_555_555),
//!         writes: vec![Write::put("greeting", "morning", r#"{"v":1,"text":"hello"}"#)],
//!         claims: Vec::new(),
//!         releases: Vec::new(),
//!         audit: Vec::new(),
//!     };
//!     match store.commit(vec![commit]).await?.into_iter().next() {
//!         Some(Committed::Done(version)) => Ok(version),
//!         Some(Committed::Conflict { current }) => Ok(current),
//!         Some(Committed::Taken(_)) | None => Ok(Version::NONE),
//!     }
//! }
//! ```

mod audit;
mod commit;
pub mod contract;
mod error;
mod log;
mod record;
mod shard;
mod usage;

use async_trait::async_trait;
use keyward_names::{AccountId, Timestamp};

pub use audit::{AuditPlace, KeptAudit};
pub use commit::{Claim, Commit, Committed, DirectoryEntry, Version, Write};
pub use error::StoreError;
pub use log::{Changes, LogEntry, LoggedWrite};
pub use record::{Loaded, Record, RecordReader, RecordSender, record_channel};
pub use shard::{Changed, Position, Shard, ShardHead};
pub use usage::{OneTimeKey, Use};

/// A durable home for accounts.
///
/// Every promise in these comments is a function of the [`contract`] suite.
///
/// A future that is dropped before it is ready does not undo its call: what was asked for is done, or
/// not done, in full.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// All records of an account in the byte order of (kind, key), and the version they stand at,
    /// from one consistent view: commits made while the records are read do not show in them. `None`
    /// if nothing was ever committed for the account.
    ///
    /// The records come in chunks of bounded size, so that a large account is never in memory twice.
    /// A reader that stops early only drops the receiver; one that dawdles holds the view open, and
    /// may make the store grow meanwhile.
    async fn load(&self, account: AccountId) -> Result<Option<Loaded>, StoreError>;

    /// Makes changes durable, each in full or not at all. The answers have the order and the length
    /// of the batch.
    ///
    /// For each commit, one after the other:
    /// * the account's version must still be the expected one, else [`Committed::Conflict`];
    /// * its releases are done, then its claims; a claimed name that another account holds makes it
    ///   [`Committed::Taken`], and then the releases are not done either;
    /// * its writes are done in order, so the last of two writes of one key stands;
    /// * the change is appended to the account's log, and to its shard's;
    /// * its audit records are kept, after all that were kept before;
    /// * the version goes up by one: [`Committed::Done`].
    ///
    /// An answer other than `Done` leaves the rest of the batch alone. Of callers that expect the
    /// same version, exactly one is `Done`. All is durable when this returns: it survives the loss of
    /// power.
    ///
    /// On an error, each commit was done in full or not at all, and nobody knows which: load again,
    /// or look for the `entry_id` in [`Store::changes`].
    async fn commit(&self, batch: Vec<Commit>) -> Result<Vec<Committed>, StoreError>;

    /// The log of an account after a version, oldest first and without a gap; empty if nothing came
    /// after it. [`Changes::TooOld`] if some of it is kept no more, or if the version was never
    /// reached here (the store was put back to an older state): load again.
    ///
    /// At least the store's retention of newest entries is kept, and not many more.
    async fn changes(&self, account: AccountId, after: Version) -> Result<Changes, StoreError>;

    /// How far each shard's log reaches. All shards are listed, in order.
    async fn heads(&self) -> Result<Vec<ShardHead>, StoreError>;

    /// The accounts of a shard that changed after a position, each once, at its newest change, in the
    /// order of position. At most [`Changed::LIMIT`] of them: the rest is asked for after the last
    /// one's position.
    ///
    /// Each commit takes the next position of its shard, in the order in which commits become
    /// visible. So one who asks again and again, each time after the last position seen, misses
    /// nothing: every account's newest version is told sooner or later.
    async fn changed(&self, shard: Shard, after: Position) -> Result<Vec<Changed>, StoreError>;

    /// The account that holds a name. A name of one kind says nothing of another kind.
    async fn directory(&self, kind: &str, name: &str) -> Result<Option<AccountId>, StoreError>;

    /// The names of a kind in byte order, after the given one, at most `limit`.
    async fn directory_list(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DirectoryEntry>, StoreError>;

    /// Uses up a key: true for exactly one caller over all nodes, false for everyone else, durable
    /// before it returns. The use is remembered as long as the key is good; when it is no longer so
    /// by `now`, the answer is false.
    ///
    /// On an error the key may be used up: whoever asked must treat it as such.
    async fn use_once(&self, key: OneTimeKey, now: Timestamp) -> Result<bool, StoreError>;

    /// Whether a key of this account, kind and name was used up: true from the moment on that a
    /// caller of [`Store::use_once`] was told so, on whichever node, and also after a crash. A use that
    /// is under way may be seen, but only once it is durable. Asking uses nothing up.
    ///
    /// A use is forgotten at some time after its key's `until`: whoever asks about keys that are good
    /// no longer must know that by themselves, as this answers false for them sooner or later.
    async fn is_used(&self, account: AccountId, kind: &str, key: &str) -> Result<bool, StoreError>;

    /// Notes when things were last used. A note replaces the former one of its subject unless that
    /// is newer. Takes no part in versions or logs.
    async fn note_use(&self, batch: Vec<Use>) -> Result<(), StoreError>;

    /// The last notes of some subjects of an account, in the order asked for; subjects without a
    /// note are left out.
    async fn uses(&self, account: AccountId, subjects: &[String]) -> Result<Vec<Use>, StoreError>;

    /// The audit records of changes after a place, oldest first, at most [`KeptAudit::LIMIT`] of them:
    /// the rest is asked for after the last one's place. Those of one commit are neighbours, in their
    /// order. They are there as soon and as surely as their change, and for longer than its entry
    /// in the log: until they are forgotten.
    async fn audit(&self, after: AuditPlace) -> Result<Vec<KeptAudit>, StoreError>;

    /// Forgets the audit records of changes that were made before a time, and says how many: the oldest
    /// up to the first one that was made later. The very newest stays in any case. At most
    /// [`KeptAudit::LIMIT`] at once, so that no other write waits for long.
    async fn forget_audit(&self, before: Timestamp) -> Result<usize, StoreError>;

    /// Ends the store in good order: what was asked for before is done first, and files are left
    /// tidy. Afterwards every verb is [`StoreError::Unavailable`]. A store that is not closed loses
    /// nothing.
    async fn close(&self) -> Result<(), StoreError>;
}
