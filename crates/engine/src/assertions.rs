//! Checks the responses of SAML providers, away from the threads that serve requests: a check takes
//! a while, and callers without credentials may ask for one.

use std::sync::Arc;

use keyward_account::{AssertionEncryption, SamlProvider};
use keyward_faults::{Fault, fault};
use keyward_names::{Secret, Timestamp};
use keyward_saml::{Assertion, AssertionError, MetadataMemory, Response};
use tokio::sync::Semaphore;

/// How many responses are checked at once.
const AT_ONCE: usize = 2;
/// How many responses wait to be checked. Further ones are refused with `Throttling`.
const WAITING_BOUND: usize = 64;

/// Checks responses, within these bounds.
#[derive(Debug)]
pub(crate) struct Assertions {
    metadata: Arc<MetadataMemory>,
    waiting: Semaphore,
    at_work: Semaphore,
}

impl Default for Assertions {
    fn default() -> Self {
        Self {
            metadata: Arc::default(),
            waiting: Semaphore::new(AT_ONCE + WAITING_BOUND),
            at_work: Semaphore::new(AT_ONCE),
        }
    }
}

impl Assertions {
    /// Verifies a response against the provider's metadata. The inner error says why the response
    /// is refused.
    pub(crate) async fn check(
        &self,
        provider: &SamlProvider,
        response: &Secret,
        now: Timestamp,
    ) -> Result<Result<Assertion, AssertionError>, Fault> {
        let Ok(_waiting) = self.waiting.try_acquire() else {
            return Err(fault::throttling());
        };
        let _at_work = self.at_work.acquire().await.map_err(Fault::internal)?;
        let metadata = Arc::clone(&self.metadata);
        let document = Arc::clone(provider.metadata.shared());
        let is_plain_refused = provider.encryption == AssertionEncryption::Required;
        let response = response.clone();
        let checked = tokio::task::spawn_blocking(move || {
            let response = Response::read(response.expose())?;
            if is_plain_refused {
                return Err(AssertionError::Malformed);
            }
            let metadata = metadata
                .read(&document)
                .map_err(|_| AssertionError::SignatureInvalid)?;
            response.verify(&metadata, now.unix_seconds())
        });
        checked.await.map_err(Fault::internal)
    }
}
