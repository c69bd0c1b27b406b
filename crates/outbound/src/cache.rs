//! Key sets that were fetched, by issuer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{FetchError, Limits};

/// Whose keys, and by what they are trusted: keys that one account's thumbprints vouched for are not
/// another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    issuer: String,
    // INVARIANT: in lower case, in order, none twice; upheld by `new`.
    thumbprints: Vec<String>,
}

impl Key {
    pub(crate) fn new(issuer: &str, thumbprints: &[&str]) -> Self {
        let mut thumbprints: Vec<String> = thumbprints
            .iter()
            .map(|thumbprint| thumbprint.to_ascii_lowercase())
            .collect();
        thumbprints.sort();
        thumbprints.dedup();
        Self {
            issuer: issuer.to_owned(),
            thumbprints,
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn thumbprints(&self) -> &[String] {
        &self.thumbprints
    }
}

/// The key sets of the issuers that were asked for last.
#[derive(Debug)]
pub(crate) struct Cache {
    entries: Mutex<HashMap<Key, Entry>>,
    limits: Limits,
}

#[derive(Debug)]
struct Entry {
    used: Instant,
    slot: Arc<Slot>,
}

/// What is known of one issuer.
#[derive(Debug, Default)]
struct Slot {
    /// Held by the one who fetches. Whoever finds what it needs in `known` does not wait for it.
    flight: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    fetched: Option<(Arc<str>, Instant)>,
    failed: Option<(FetchError, Instant)>,
    asked: Option<Instant>,
}

impl Cache {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            entries: Mutex::default(),
            limits,
        }
    }

    /// The key set of an issuer: the one that is known while it is fresh, else a new one. A failure is
    /// answered again for a while. However many ask, one fetches.
    pub(crate) async fn get(
        &self,
        key: &Key,
        fetch: impl AsyncFnOnce() -> Result<Arc<str>, FetchError>,
    ) -> Result<Arc<str>, FetchError> {
        let slot = self.slot(key);
        if let Some(known) = self.known(&slot) {
            return known;
        }
        let _flight = slot.flight.lock().await;
        if let Some(known) = self.known(&slot) {
            return known;
        }
        slot.fetch(fetch).await
    }

    /// A newer key set than the one that lacks a key: one that was fetched meanwhile, or else a new
    /// one, unless the issuer was asked a short while ago. Where there is no newer one, it is the
    /// same again.
    pub(crate) async fn again(
        &self,
        key: &Key,
        seen: &Arc<str>,
        fetch: impl AsyncFnOnce() -> Result<Arc<str>, FetchError>,
    ) -> Arc<str> {
        let slot = self.slot(key);
        if let Some(known) = self.newer(&slot, seen) {
            return known;
        }
        let _flight = slot.flight.lock().await;
        if let Some(known) = self.newer(&slot, seen) {
            return known;
        }
        // A failure does not take the place of keys that are still fresh.
        slot.fetch(fetch).await.unwrap_or_else(|_| Arc::clone(seen))
    }

    fn known(&self, slot: &Slot) -> Option<Result<Arc<str>, FetchError>> {
        let known = slot.known();
        if let Some((set, at)) = &known.fetched
            && is_within(*at, self.limits.fresh_time)
        {
            return Some(Ok(Arc::clone(set)));
        }
        match known.failed {
            Some((error, at)) if is_within(at, self.limits.failed_time) => Some(Err(error)),
            _ => None,
        }
    }

    /// What to answer without asking the issuer again.
    fn newer(&self, slot: &Slot, seen: &Arc<str>) -> Option<Arc<str>> {
        let known = slot.known();
        if let Some((set, at)) = &known.fetched
            && is_within(*at, self.limits.fresh_time)
            && !Arc::ptr_eq(set, seen)
        {
            return Some(Arc::clone(set));
        }
        let was_asked = known.asked;
        was_asked
            .filter(|at| is_within(*at, self.limits.again_time))
            .map(|_| Arc::clone(seen))
    }

    /// The place of an issuer. The one that was not asked for for the longest time makes room.
    #[expect(
        clippy::disallowed_methods,
        reason = "the cache measures the age of its own entries"
    )]
    fn slot(&self, key: &Key) -> Arc<Slot> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(entry) = entries.get_mut(key) {
            entry.used = now;
            return Arc::clone(&entry.slot);
        }
        while entries.len() >= self.limits.issuers.max(1) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            entries.remove(&oldest);
        }
        let slot = Arc::<Slot>::default();
        let entry = Entry {
            used: now,
            slot: Arc::clone(&slot),
        };
        entries.insert(key.clone(), entry);
        slot
    }
}

impl Slot {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches and remembers what came of it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the cache measures the age of its own entries"
    )]
    async fn fetch(
        &self,
        fetch: impl AsyncFnOnce() -> Result<Arc<str>, FetchError>,
    ) -> Result<Arc<str>, FetchError> {
        self.known().asked = Some(Instant::now());
        let outcome = fetch().await;
        let mut known = self.known();
        match &outcome {
            Ok(set) => {
                known.fetched = Some((Arc::clone(set), Instant::now()));
                known.failed = None;
            }
            Err(error) => known.failed = Some((*error, Instant::now())),
        }
        outcome
    }
}

fn is_within(since: Instant, time: Duration) -> bool {
    since.elapsed() < time
}

#[cfg(test)]
mod tests;
