//! Signing keys that were derived before.
//!
//! To open a sealed secret and derive a signing key from it costs more than to check a signature, and
//! a client signs with one key, for one day, region and service, again and again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use keyward_account::AccessKey;
use keyward_credentials::{SealError, Sealed, SealingKey};
use keyward_names::AccessKeyId;
use keyward_sigv4::{Scope, SigningKey};

/// How many access keys are remembered before the memory is begun anew.
const KEYS_BOUND: usize = 10_000;
/// How many scopes are remembered for each.
const SCOPES_BOUND: usize = 8;

/// The memory.
#[derive(Default)]
pub(crate) struct SigningKeys(RwLock<HashMap<AccessKeyId, Vec<Derived>>>);

struct Derived {
    date: Box<str>,
    region: Box<str>,
    service: Box<str>,
    /// What the key was derived from: should an id ever stand for another secret, this tells.
    secret: Sealed,
    key: Arc<SigningKey>,
}

impl SigningKeys {
    /// The signing key of an access key for a scope, if it is remembered.
    pub(crate) fn remembered(
        &self,
        access_key: &AccessKey,
        scope: Scope<'_>,
    ) -> Option<Arc<SigningKey>> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let derived = remembered.get(&access_key.id)?.iter().find(|derived| {
            *derived.date == *scope.date
                && *derived.region == *scope.region
                && *derived.service == *scope.service
                && derived.secret == access_key.secret
        })?;
        Some(Arc::clone(&derived.key))
    }

    /// Remembers a key. Only one by which a signature was found right: what anyone could fill the
    /// memory with would push out what its clients need.
    pub(crate) fn remember(&self, access_key: &AccessKey, scope: Scope<'_>, key: Arc<SigningKey>) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= KEYS_BOUND && !remembered.contains_key(&access_key.id) {
            remembered.clear();
        }
        let derived = remembered.entry(access_key.id).or_default();
        if derived.len() >= SCOPES_BOUND {
            derived.remove(0);
        }
        derived.push(Derived {
            date: scope.date.into(),
            region: scope.region.into(),
            service: scope.service.into(),
            secret: access_key.secret.clone(),
            key,
        });
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
