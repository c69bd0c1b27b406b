//! Whom an identity provider vouches for, while there is no session yet.

use std::collections::BTreeMap;

use serde_json::Value;

/// Someone for whom an identity provider of the account vouches: what it said was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederatedIdentity {
    /// The provider's ARN, by which trust policies name it.
    pub provider_arn: Box<str>,
    /// What was said, as context keys.
    pub keys: Box<[ProviderKey]>,
    /// How audit records name it.
    pub recorded: Recorded,
}

/// A context key that tells what an identity provider said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKey {
    /// The key.
    pub name: Box<str>,
    /// Its values.
    pub values: Box<[Box<str>]>,
    /// Whether the session keeps it. Others are there while the role's trust policy is asked, and no
    /// longer.
    pub is_kept: bool,
}

/// Who someone is, as audit records say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was verified.
    pub by: FederatedBy,
    /// `principalId`
    pub principal_id: Box<str>,
    /// `userName`
    pub subject: Box<str>,
    /// `identityProvider`
    pub provider: Box<str>,
    /// What the request does not say itself, by its name among the parameters.
    pub parameters: BTreeMap<&'static str, Value>,
}

/// What an identity provider vouches by.
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
    /// A key of one value that the session keeps.
    pub fn kept(name: impl Into<Box<str>>, value: &str) -> Self {
        Self {
            name: name.into(),
            values: Box::new([value.into()]),
            is_kept: true,
        }
    }
}
