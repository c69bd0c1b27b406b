//! The identity that a provider vouches for, while there is no session yet.

use std::collections::BTreeMap;

use serde_json::Value;

/// An identity that a provider of the account vouches for. Its token or assertion was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederatedIdentity {
    /// The provider's ARN, by which trust policies name it.
    pub provider_arn: Box<str>,
    /// What the provider said, as context keys.
    pub keys: Box<[ProviderKey]>,
    /// How audit records show it.
    pub recorded: Recorded,
}

/// A context key set from what an identity provider said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKey {
    /// The key.
    pub name: Box<str>,
    /// Its values.
    pub values: Box<[Box<str>]>,
    /// Whether the session keeps it. Other keys exist only while the role's trust policy is
    /// evaluated.
    pub is_kept: bool,
}

/// The identity, as audit records show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What kind of proof was verified.
    pub by: FederatedBy,
    /// `principalId`
    pub principal_id: Box<str>,
    /// `userName`
    pub subject: Box<str>,
    /// `identityProvider`
    pub provider: Box<str>,
    /// Request parameters to record that are not in the request itself, by name.
    pub parameters: BTreeMap<&'static str, Value>,
}

/// How an identity provider vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FederatedBy {
    /// A token of an OpenID Connect provider.
    WebIdentity,
    /// An assertion of a SAML provider.
    Saml,
}

impl FederatedIdentity {
    /// The context keys that a session keeps.
    pub fn kept_keys(&self) -> BTreeMap<Box<str>, Box<[Box<str>]>> {
        let kept = self.keys.iter().filter(|key| key.is_kept);
        kept.map(|key| (key.name.clone(), key.values.clone()))
            .collect()
    }
}

impl ProviderKey {
    /// A key with one value that the session keeps.
    pub fn kept(name: impl Into<Box<str>>, value: &str) -> Self {
        Self {
            name: name.into(),
            values: Box::new([value.into()]),
            is_kept: true,
        }
    }
}
