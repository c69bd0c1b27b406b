//! Signing keys that were derived before.
//!
//! To open a sealed secret and derive a signing key from it costs more than to check a signature, and
//! a client signs with one key, for one day, region and service, again and again.

use std::sync::Arc;

use keyward_account::AccessKey;
use keyward_credentials::{SealError, Sealed, SealingKey};
use keyward_names::AccessKeyId;
use keyward_sigv4::{Scope, SigningKey};
use quick_cache::sync::Cache;

/// How many access keys are remembered, those that are used most.
const KEYS_BOUND: usize = 10_000;
/// How many scopes are remembered for each.
const SCOPES_BOUND: usize = 8;

/// The memory.
pub(crate) struct SigningKeys(Cache<AccessKeyId, Arc<Derived>>);

struct Derived {
    /// The sealed secret that the keys were derived from. Should an id ever stand for another
    /// secret, the keys are of no use any more.
    secret: Sealed,
    keys: ScopedKeys,
}

/// The signing keys of one secret, by their scopes.
#[derive(Clone, Default)]
pub(crate) struct ScopedKeys(Vec<ScopedKey>);

#[derive(Clone)]
struct ScopedKey {
    date: Box<str>,
    region: Box<str>,
    service: Box<str>,
    key: Arc<SigningKey>,
}

impl ScopedKeys {
    /// The key for a scope, if it is among them.
    pub(crate) fn find(&self, scope: Scope<'_>) -> Option<Arc<SigningKey>> {
        let mut keys = self.0.iter();
        let found = keys.find(|key| {
            *key.date == *scope.date
                && *key.region == *scope.region
                && *key.service == *scope.service
        });
        found.map(|found| Arc::clone(&found.key))
    }

    /// These and another, which may push out the oldest.
    pub(crate) fn with(mut self, scope: Scope<'_>, key: Arc<SigningKey>) -> Self {
        if self.0.len() >= SCOPES_BOUND {
            self.0.remove(0);
        }
        self.0.push(ScopedKey {
            date: scope.date.into(),
            region: scope.region.into(),
            service: scope.service.into(),
            key,
        });
        self
    }
}

impl SigningKeys {
    /// The signing key of an access key for a scope, if it is remembered.
    pub(crate) fn remembered(
        &self,
        access_key: &AccessKey,
        scope: Scope<'_>,
    ) -> Option<Arc<SigningKey>> {
        let derived = self.0.get(&access_key.id)?;
        (derived.secret == access_key.secret)
            .then(|| derived.keys.find(scope))
            .flatten()
    }

    /// Remembers a key. To be called only once a signature was found right with it: otherwise
    /// strangers could fill the memory and push out the keys of clients.
    pub(crate) fn remember(&self, access_key: &AccessKey, scope: Scope<'_>, key: Arc<SigningKey>) {
        let known = self.0.get(&access_key.id);
        let known = known.filter(|known| known.secret == access_key.secret);
        let keys = known.map_or_else(ScopedKeys::default, |known| known.keys.clone());
        let derived = Derived {
            secret: access_key.secret.clone(),
            keys: keys.with(scope, key),
        };
        self.0.insert(access_key.id, Arc::new(derived));
    }
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self(Cache::new(KEYS_BOUND))
    }
}

/// Derives a signing key from an access key's sealed secret.
pub(crate) fn derive(
    access_key: &AccessKey,
    data_key: &SealingKey,
    scope: Scope<'_>,
) -> Result<SigningKey, SealError> {
    let opened = data_key.open(&AccessKey::seal_context(access_key.id), &access_key.secret)?;
    let secret = std::str::from_utf8(&opened).map_err(|_| SealError)?;
    Ok(SigningKey::derive(secret, scope))
}
