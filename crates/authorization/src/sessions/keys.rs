//! The keys that seal session tokens.
//!
//! A new key opens tokens at once, and begins to seal when every node has read it. The keys before
//! it still open the tokens that they sealed, until none of these can be valid any more.

use std::collections::BTreeMap;

use keyward_credentials::SealingKey;
use keyward_names::{Age, Timestamp};

/// The age at which the newest key is replaced.
const SESSION_KEY_REPLACED_AFTER: Age = Age::days(30);
/// How long after it was made a key begins to seal: by then every node has read it.
const SEALS_AFTER: Age = Age::seconds(2 * 3_600);
/// How long a key still opens after it was replaced: longer, by days, than any session lasts, since
/// clocks differ.
const OPENS_AFTER: Age = Age::days(4);
/// The keys, by number.
#[derive(Debug, Clone)]
pub struct SessionKeys {
    newest: SessionKey,
    older: Box<[SessionKey]>,
}

/// A key for session tokens.
#[derive(Debug, Clone)]
pub struct SessionKey {
    /// Counted from 1.
    pub id: u32,
    /// Seals and opens.
    pub key: SealingKey,
    /// When it was made. It seals from `SEALS_AFTER` later on.
    pub made: Timestamp,
}

impl SessionKeys {
    /// The given keys; `None` if there are none.
    pub fn new(keys: Vec<SessionKey>) -> Option<Self> {
        let by_id: BTreeMap<u32, SessionKey> = keys.into_iter().map(|key| (key.id, key)).collect();
        let mut keys: Vec<SessionKey> = by_id.into_values().collect();
        let newest = keys.pop()?;
        Some(Self {
            newest,
            older: keys.into(),
        })
    }

    /// The key that was made last.
    pub fn newest(&self) -> &SessionKey {
        &self.newest
    }

    /// The key that seals.
    pub fn sealing(&self, now: Timestamp) -> &SessionKey {
        let all = [&self.newest].into_iter().chain(self.older.iter().rev());
        let mut known_to_all = all.filter(|key| key.made.plus(SEALS_AFTER) <= now);
        let first = self.older.first().unwrap_or(&self.newest);
        known_to_all.next().unwrap_or(first)
    }

    /// The key with this number.
    pub fn find(&self, id: u32) -> Option<&SealingKey> {
        let all = self.older.iter().chain([&self.newest]);
        let mut found = all.filter(|key| key.id == id);
        found.next().map(|key| &key.key)
    }

    /// Whether the newest key is old enough to be replaced.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.newest.made.plus(SESSION_KEY_REPLACED_AFTER) <= now
    }

    /// The numbers of keys that were replaced so long ago that nothing they sealed is still valid.
    pub fn outlived(&self, now: Timestamp) -> Vec<u32> {
        let successors = self.older.iter().skip(1).chain([&self.newest]);
        let pairs = self.older.iter().zip(successors);
        pairs
            .filter(|(_, successor)| successor.made.plus(OPENS_AFTER) <= now)
            .map(|(key, _)| key.id)
            .collect()
    }

    #[cfg(test)]
    pub(super) fn of_one(id: u32, bytes: [u8; 32]) -> Self {
        let newest = SessionKey {
            id,
            key: SealingKey::new(bytes),
            made: Timestamp::from_unix_seconds(0),
        };
        Self {
            newest,
            older: Box::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u32, made_day: i64) -> SessionKey {
        SessionKey {
            id,
            key: SealingKey::new([7; 32]),
            made: day(made_day),
        }
    }

    fn day(day: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_795_000_000 + day * 86_400)
    }

    #[test]
    fn a_key_seals_when_all_know_it_and_the_older_are_kept_while_they_may_be_needed() {
        assert!(SessionKeys::new(Vec::new()).is_none());
        let keys = SessionKeys::new(vec![key(3, 60), key(1, 0), key(2, 30)]).unwrap();
        assert_eq!(keys.newest().id, 3);
        assert!((1..=3).all(|id| keys.find(id).is_some()));
        assert!(keys.find(4).is_none());
        for (now, outlived) in [
            (33, vec![]),
            (34, vec![1]),
            (63, vec![1]),
            (64, vec![1, 2]),
            (900, vec![1, 2]),
        ] {
            assert_eq!(keys.outlived(day(now)), outlived, "{now}");
        }
        for (now, sealing) in [(0, 1), (30, 1), (31, 2), (60, 2), (61, 3), (-1, 1)] {
            assert_eq!(keys.sealing(day(now)).id, sealing, "{now}");
        }
        assert!(!keys.is_due(day(89)));
        assert!(keys.is_due(day(90)));
    }
}
