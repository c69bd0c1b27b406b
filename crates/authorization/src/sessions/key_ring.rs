//! The keys for session tokens as a node knows them. Nodes read them from the store from time to
//! time; a node that gets a token of a newer key than it knows reads the store again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use keyward_names::{AccessKeyId, Timestamp};

use super::keys::SessionKeys;
use super::token::{self, OpenedSession, TokenError};

/// How many numbers beyond the newest known key a real key can have. Greater ones are invented.
const AHEAD_BOUND: u32 = 2;
/// The store is read because of unknown keys at most this often, in seconds, since anyone can
/// invent a key's number.
const ASKED_AGAIN_AFTER: i64 = 5;

/// The keys as this node knows them.
#[derive(Debug)]
pub struct SessionKeyRing {
    keys: ArcSwap<SessionKeys>,
    /// When the store was last asked about a key that this node did not know.
    asked: AtomicI64,
}

impl SessionKeyRing {
    /// Begins with these keys.
    #[must_use]
    pub fn new(keys: SessionKeys) -> Self {
        Self {
            keys: ArcSwap::from_pointee(keys),
            asked: AtomicI64::new(0),
        }
    }

    /// The keys that are known now.
    pub fn keys(&self) -> Arc<SessionKeys> {
        self.keys.load_full()
    }

    /// Replaces the keys with those that the store has now.
    pub fn replace(&self, keys: SessionKeys) {
        self.keys.store(Arc::new(keys));
    }

    /// Opens a token that came with an access key. It does not check whether the session has
    /// expired.
    pub fn open(&self, access_key: AccessKeyId, token: &str) -> Result<OpenedSession, TokenError> {
        token::open(&self.keys.load(), access_key, token)
    }

    /// Whether the store may be read now because of an unknown key.
    pub fn may_ask(&self, id: u32, now: Timestamp) -> bool {
        let newest = self.keys.load().newest().id;
        if id <= newest || id > newest.saturating_add(AHEAD_BOUND) {
            return false;
        }
        let now = now.unix_seconds();
        let asked = self.asked.load(Ordering::Relaxed);
        (now - asked).abs() >= ASKED_AGAIN_AFTER
            && self
                .asked
                .compare_exchange(asked, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_asked_about_unknown_keys_now_and_then() {
        let ring = SessionKeyRing::new(SessionKeys::of_one(1, [0; 32]));
        let at = Timestamp::from_unix_seconds;
        let asked = [100, 100, 104, 105, 106, 90].map(|now| ring.may_ask(2, at(now)));
        assert_eq!(asked, [true, false, false, true, false, true]);
        let asked = [0, 1, 4, u32::MAX, 3].map(|id| ring.may_ask(id, at(1_000)));
        assert_eq!(asked, [false, false, false, false, true]);
    }
}
