//! Key sets of issuers: pinned, remembered or fetched.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;

use crate::cache::{Cache, Key};
use crate::guard::Guard;
use crate::location::Location;
use crate::thumbprint::thumbprint;
use crate::trust::Authorities;
use crate::{FetchError, Limits, OutboundError, OutboundOptions};

/// Calls out, as far as it is allowed, and remembers what it fetched.
#[derive(Debug)]
pub struct Outbound {
    guard: Guard,
    limits: Limits,
    authorities: Arc<Authorities>,
    pinned: BTreeMap<String, Arc<str>>,
    cache: Cache,
    places: Semaphore,
}

impl Outbound {
    /// Takes the options and reads the authorities that the operating system trusts, from files.
    pub fn new(options: OutboundOptions) -> Result<Self, OutboundError> {
        let mut pinned = BTreeMap::new();
        for (issuer, keys) in options.pinned {
            if !is_key_set(keys.as_bytes()) {
                return Err(OutboundError::Pinned(issuer));
            }
            pinned.insert(issuer, keys.into());
        }
        let authorities = Arc::new(Authorities::new(&options.authorities)?);
        // Whether TLS can be set up shows here rather than at the first call.
        authorities.trusting(&[])?;
        Ok(Self {
            cache: Cache::new(options.limits),
            places: Semaphore::new(options.limits.at_once.clamp(1, Semaphore::MAX_PERMITS)),
            limits: options.limits,
            guard: Guard::new(options.allowed, options.limits),
            authorities,
            pinned,
        })
    }

    /// The key set of an issuer, as JSON with a list `keys`. The issuer is given as tokens have it,
    /// with `https://`.
    ///
    /// The keys are where the issuer's discovery document says, which must be of this very issuer. A
    /// host is trusted if an authority vouches for it, or if it presents a certificate with one of the
    /// thumbprints, the SHA-1 of a certificate in hexadecimal digits.
    pub async fn key_set(
        &self,
        issuer_url: &str,
        thumbprints: &[&str],
    ) -> Result<Arc<str>, FetchError> {
        if let Some(keys) = self.pinned.get(issuer_url) {
            return Ok(Arc::clone(keys));
        }
        let key = Key::new(issuer_url, thumbprints);
        let fetch = async || self.fetch(&key).await;
        self.cache.get(&key, fetch).await
    }

    /// A newer key set than the one that was seen, for when a key is not in that. The issuer is asked
    /// at most once in a while (30 seconds, if the limits don't say otherwise). The same key set comes
    /// back where there is none newer, also where fetching fails: compare with [`Arc::ptr_eq`].
    pub async fn key_set_again(
        &self,
        issuer_url: &str,
        thumbprints: &[&str],
        seen: &Arc<str>,
    ) -> Arc<str> {
        if let Some(keys) = self.pinned.get(issuer_url) {
            return Arc::clone(keys);
        }
        let key = Key::new(issuer_url, thumbprints);
        let fetch = async || self.fetch(&key).await;
        self.cache.again(&key, seen, fetch).await
    }

    /// The thumbprint of the last certificate that the host of an issuer's keys presents: 40 lower-case
    /// digits. The host is the issuer's own, unless its discovery document names another. `None` for
    /// an issuer whose keys are pinned: nobody is called.
    ///
    /// The host's certificate is not verified for that: whoever answers the call decides what is
    /// found.
    pub async fn top_certificate_thumbprint(
        &self,
        issuer_url: &str,
    ) -> Result<Option<String>, FetchError> {
        if self.pinned.contains_key(issuer_url) {
            return Ok(None);
        }
        let client = self.authorities.trusting_anybody();
        let client = Arc::new(client.map_err(|_| FetchError::Untrusted)?);
        self.within_limits(self.top_certificate(issuer_url, &client))
            .await
            .map(Some)
    }

    async fn top_certificate(
        &self,
        issuer: &str,
        client: &Arc<ClientConfig>,
    ) -> Result<String, FetchError> {
        let own = Location::discovery(issuer)?;
        let host = match self.find_keys(issuer, client).await {
            Ok(keys) if !keys.is_at(&own) => keys,
            // Without a document that can be used it is the issuer's own host.
            Ok(_)
            | Err(
                FetchError::Url
                | FetchError::Status(_)
                | FetchError::TooLarge
                | FetchError::NotUnderstood,
            ) => own,
            Err(
                error @ (FetchError::Refused
                | FetchError::Unreachable
                | FetchError::Untrusted
                | FetchError::TookTooLong),
            ) => return Err(error),
        };
        let presented = self.guard.certificates(&host, client).await?;
        let top = presented.last().ok_or(FetchError::Untrusted)?;
        Ok(thumbprint(top))
    }

    async fn fetch(&self, key: &Key) -> Result<Arc<str>, FetchError> {
        let client = self.authorities.trusting(key.thumbprints());
        let client = Arc::new(client.map_err(|_| FetchError::Untrusted)?);
        let fetched = self
            .within_limits(async {
                let keys = self.find_keys(key.issuer(), &client).await?;
                self.guard.get(&keys, &client).await
            })
            .await?;
        if !is_key_set(&fetched) {
            return Err(FetchError::NotUnderstood);
        }
        let keys = std::str::from_utf8(&fetched).map_err(|_| FetchError::NotUnderstood)?;
        Ok(keys.into())
    }

    /// Where the keys of an issuer are.
    async fn find_keys(
        &self,
        issuer: &str,
        client: &Arc<ClientConfig>,
    ) -> Result<Location, FetchError> {
        let document = self
            .guard
            .get(&Location::discovery(issuer)?, client)
            .await?;
        let document = object(&document).ok_or(FetchError::NotUnderstood)?;
        let text = |member| document.get(member).and_then(Value::as_str);
        if text("issuer") != Some(issuer) {
            return Err(FetchError::NotUnderstood);
        }
        Location::parse(text("jwks_uri").ok_or(FetchError::NotUnderstood)?)
    }

    /// Waits for a place and does it, all in the time that there is.
    async fn within_limits<T>(
        &self,
        call: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let call = async {
            let _place = self.places.acquire().await;
            call.await
        };
        timeout(self.limits.total_time, call)
            .await
            .unwrap_or(Err(FetchError::TookTooLong))
    }
}

fn object(json: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(json).ok()
}

fn is_key_set(json: &[u8]) -> bool {
    object(json).is_some_and(|set| set.get("keys").is_some_and(Value::is_array))
}
