//! When access keys were last used.
//!
//! A use is noted in memory while a request is served, and written to the store every few seconds,
//! coalesced, never on a request's path. This node sees its own notes at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_names::{AccessKeyId, AccountId, Age, Timestamp};
use keyward_store::{Store, StoreError, Use};
use serde::{Deserialize, Serialize};

/// A key's use is recorded at most this often.
const RECORDED_EVERY: Age = Age::seconds(15 * 60);
/// How many keys are remembered as recently used before the memory is begun anew.
const REMEMBERED_BOUND: usize = 100_000;

/// The last use of an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyUse {
    /// When.
    pub at: Timestamp,
    /// With which service: `iam`, `sts`.
    pub service: String,
    /// In which region, as the signature says.
    pub region: String,
}

/// The notes of this node.
#[derive(Debug, Default)]
pub struct Uses(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    recent: HashMap<AccessKeyId, AccessKeyUse>,
    unwritten: HashMap<AccessKeyId, AccountId>,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    service: String,
    region: String,
}

impl Uses {
    /// Notes that a key signed a request.
    pub fn note_access_key(
        &self,
        account: AccountId,
        key: AccessKeyId,
        (service, region): (&str, &str),
        now: Timestamp,
    ) {
        let mut notes = self.lock();
        let is_new = notes
            .recent
            .get(&key)
            .is_none_or(|last| now.since(last.at) >= RECORDED_EVERY || now < last.at);
        if is_new {
            if notes.recent.len() >= REMEMBERED_BOUND {
                let Notes { recent, unwritten } = &mut *notes;
                recent.retain(|key, _| unwritten.contains_key(key));
            }
            let (service, region) = (service.to_owned(), region.to_owned());
            notes.recent.insert(
                key,
                AccessKeyUse {
                    at: now,
                    service,
                    region,
                },
            );
            notes.unwritten.insert(key, account);
        }
    }

    /// The last use of a key, by this node's notes or else by the store's.
    pub(crate) async fn of_access_key(
        &self,
        store: &dyn Store,
        account: AccountId,
        key: AccessKeyId,
    ) -> Result<Option<AccessKeyUse>, StoreError> {
        let noted = self.lock().recent.get(&key).cloned();
        let stored = store
            .uses(account, &[subject(key)])
            .await?
            .into_iter()
            .next();
        let stored = stored.map(read_use).transpose()?;
        Ok(match (noted, stored) {
            (Some(noted), Some(stored)) if stored.at > noted.at => Some(stored),
            (noted, stored) => noted.or(stored),
        })
    }

    /// Writes what is not written yet. What can't be written now is kept for the next time.
    pub async fn write(&self, store: &dyn Store) -> Result<(), StoreError> {
        let unwritten = std::mem::take(&mut self.lock().unwritten);
        if unwritten.is_empty() {
            return Ok(());
        }
        let batch: Vec<Use> = {
            let notes = self.lock();
            let with_use = |(key, account): (&AccessKeyId, &AccountId)| {
                notes
                    .recent
                    .get(key)
                    .map(|last| write_use(*account, *key, last))
            };
            unwritten.iter().filter_map(with_use).collect()
        };
        let written = store.note_use(batch).await;
        if written.is_err() {
            self.lock().unwritten.extend(unwritten);
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn subject(key: AccessKeyId) -> String {
    format!("access_key/{key}")
}

fn write_use(account: AccountId, key: AccessKeyId, last: &AccessKeyUse) -> Use {
    let detail = Detail {
        service: last.service.clone(),
        region: last.region.clone(),
    };
    let detail = serde_json::to_string(&detail).unwrap_or_default();
    Use {
        account,
        subject: subject(key),
        at: last.at,
        detail,
    }
}

fn read_use(stored: Use) -> Result<AccessKeyUse, StoreError> {
    let Detail { service, region } = serde_json::from_str(&stored.detail).map_err(|_| {
        StoreError::Corrupt(format!("the use of `{}` is malformed", stored.subject))
    })?;
    Ok(AccessKeyUse {
        at: stored.at,
        service,
        region,
    })
}
