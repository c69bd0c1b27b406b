//! The way out to identity providers. Operations say what they need to know; how it is fetched, cached or
//! pinned is decided where the installation is put together.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

/// What others publish about themselves. An issuer is a URL with `https://`.
#[async_trait]
pub trait IdentityProviders: fmt::Debug + Send + Sync {
    /// The keys of an issuer, a JWKS as JSON text; perhaps those known from before. The thumbprints are
    /// those of the account's provider: SHA-1, hexadecimal in lower case.
    async fn key_set(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
    ) -> Result<Arc<str>, Unreachable>;

    /// The keys of an issuer when one is not in the set that was `seen`: a newer set, or the very same
    /// where there is none, or none can be had. Compare with [`Arc::ptr_eq`].
    async fn key_set_again(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
        seen: &Arc<str>,
    ) -> Arc<str>;

    /// The SHA-1 of the top certificate that an issuer shows, hexadecimal in lower case; `None` where the
    /// operator pinned its keys.
    async fn thumbprint(&self, issuer: &str) -> Result<Option<String>, Unreachable>;
}

/// An identity provider could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider can't be reached: {reason}")]
pub struct Unreachable {
    /// Why, for the log alone.
    pub reason: String,
}

impl Unreachable {
    /// The error with its reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// No way out: nobody is reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIdentityProviders;

fn no_way_out() -> Unreachable {
    Unreachable::new("this installation does not call out")
}

#[async_trait]
impl IdentityProviders for NoIdentityProviders {
    async fn key_set(&self, _: &str, _: &[Box<str>]) -> Result<Arc<str>, Unreachable> {
        Err(no_way_out())
    }

    async fn key_set_again(&self, _: &str, _: &[Box<str>], seen: &Arc<str>) -> Arc<str> {
        Arc::clone(seen)
    }

    async fn thumbprint(&self, _: &str) -> Result<Option<String>, Unreachable> {
        Err(no_way_out())
    }
}
