//! How operations reach identity providers. Operations say what they need to know; whoever starts
//! the installation decides how it is fetched, cached or pinned.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

/// What identity providers publish about themselves. An issuer is a URL with `https://`.
#[async_trait]
pub trait IdentityProviders: fmt::Debug + Send + Sync {
    /// The keys of an issuer, a JWKS as JSON text; they may come from a cache. The thumbprints are
    /// those that the account keeps of the provider: SHA-1, hexadecimal in lower case.
    async fn key_set(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
    ) -> Result<Arc<str>, Unreachable>;

    /// The keys of an issuer when the key that is needed is not in the set `seen`: a newer set, or
    /// `seen` itself if there is no newer one or it can't be fetched. Compare with [`Arc::ptr_eq`].
    async fn key_set_again(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
        seen: &Arc<str>,
    ) -> Arc<str>;

    /// The SHA-1 of the topmost certificate that an issuer presents, hexadecimal in lower case;
    /// `None` where the operator pinned its keys.
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

/// For an installation that reaches no identity provider.
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
