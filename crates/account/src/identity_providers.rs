//! Identity providers that an account trusts, and the account itself as an issuer of tokens.

use std::borrow::Cow;
use std::sync::Arc;

use keyward_credentials::Sealed;
use keyward_names::{PreciseTimestamp, SamlPrivateKeyId, SamlProviderId, Tag};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An OpenID Connect provider: its tokens can be used to assume roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProvider {
    /// The URL without `https://` and a port of 443, otherwise as given. It is unique in the
    /// account.
    pub url: Box<str>,
    /// The audiences that tokens may have; each once, in the order given.
    #[serde(default, skip_serializing_if = "<[Box<str>]>::is_empty")]
    pub client_ids: Box<[Box<str>]>,
    /// SHA-1 thumbprints of certificates, hexadecimal in lower case; at most
    /// [`OidcProvider::THUMBPRINTS`]. None if the operator pinned the provider's keys.
    #[serde(default, skip_serializing_if = "<[Box<str>]>::is_empty")]
    pub thumbprints: Box<[Box<str>]>,
    /// When it was made.
    pub created: PreciseTimestamp,
    /// Tags, in the order of their keys.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

impl OidcProvider {
    /// How many thumbprints a provider has at most.
    pub const THUMBPRINTS: usize = 5;

    /// The URL of an issuer as [`OidcProvider::url`] has it: the `iss` of a token without
    /// `https://` and a port of 443. `None` if it does not begin with `https://`.
    #[must_use]
    pub fn url_of_issuer(issuer: &str) -> Option<Cow<'_, str>> {
        let rest = issuer.strip_prefix("https://")?;
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at_checked(slash)?,
            None => (rest, ""),
        };
        Some(match authority.strip_suffix(":443") {
            Some(host) => Cow::Owned(format!("{host}{path}")),
            None => Cow::Borrowed(rest),
        })
    }
}

/// A SAML provider: its assertions can be used to assume roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlProvider {
    /// Never changes: a new provider of the same name has another id.
    pub id: SamlProviderId,
    /// The name, which is case-sensitive. It is unique in the account.
    pub name: Box<str>,
    /// The provider's metadata: XML, with the keys that it signs with.
    pub metadata: MetadataDocument,
    /// When it was made.
    pub created: PreciseTimestamp,
    /// The end of validity that is shown: a hundred years after the metadata was given.
    pub valid_until: PreciseTimestamp,
    /// Whether assertions must be encrypted.
    #[serde(default)]
    pub encryption: AssertionEncryption,
    /// The keys that open encrypted assertions, oldest first; at most [`SamlProvider::PRIVATE_KEYS`].
    #[serde(default, skip_serializing_if = "<[SamlPrivateKey]>::is_empty")]
    pub private_keys: Box<[SamlPrivateKey]>,
    /// Tags, in the order of their keys.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

impl SamlProvider {
    /// How many private keys a provider has at most.
    pub const PRIVATE_KEYS: usize = 2;
}

/// The text of a metadata document, unchanged. It may be 10 million characters long; copies share
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataDocument(Arc<str>);

impl MetadataDocument {
    /// A document of this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The text, as copies share it: as long as the account is in memory, the same document is the
    /// same `Arc`.
    #[must_use]
    pub const fn shared(&self) -> &Arc<str> {
        &self.0
    }
}

impl Serialize for MetadataDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MetadataDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<str>::deserialize(deserializer)?;
        Ok(Self(text.into()))
    }
}

/// Whether a SAML provider's assertions must be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionEncryption {
    /// Both encrypted and plain ones are accepted.
    #[default]
    Allowed,
    /// Plain ones are refused.
    Required,
}

/// A private key that opens encrypted assertions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlPrivateKey {
    /// The key's id.
    pub id: SamlPrivateKeyId,
    /// When it was given.
    pub added: PreciseTimestamp,
    /// The key as PEM, sealed by the account's data key.
    pub pem: Sealed,
}

impl SamlPrivateKey {
    /// The context that the key is sealed for: it opens under this id only.
    #[must_use]
    pub fn seal_context(id: SamlPrivateKeyId) -> String {
        format!("private key {id} of a SAML provider")
    }
}

/// The account as an issuer of tokens that others trust. It exists from the first time that issuing
/// is enabled. Issuer and keys are kept when it is disabled, so that tokens can still be verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboundFederation {
    /// The part of the issuer's URL that differs between accounts: a random UUID, which never
    /// changes.
    pub issuer_label: Box<str>,
    /// Whether tokens are given out.
    pub is_enabled: bool,
    /// The keys that tokens are signed with, sealed by the account's data key.
    pub signing_keys: Sealed,
    /// The public keys, as they are published: a JWKS.
    pub key_set: Box<str>,
}

impl OutboundFederation {
    /// The context that the signing keys are sealed for: they open for this issuer only.
    #[must_use]
    pub fn seal_context(issuer_label: &str) -> String {
        format!("signing keys of issuer {issuer_label}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_that_of_the_provider_with_its_url() {
        for (issuer, url) in [
            ("https://a.example", Some("a.example")),
            ("https://A.example/x/", Some("A.example/x/")),
            ("https://a.example:443/x", Some("a.example/x")),
            ("https://a.example:8443/x", Some("a.example:8443/x")),
            ("https://a.example/x:443", Some("a.example/x:443")),
            ("http://a.example", None),
            ("a.example", None),
        ] {
            assert_eq!(
                OidcProvider::url_of_issuer(issuer).as_deref(),
                url,
                "{issuer}"
            );
        }
    }
}
