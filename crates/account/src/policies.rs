//! Policies as an account holds them: the text as given, and its compiled form, which is made at
//! the first use.

use std::fmt;
use std::sync::{Arc, OnceLock};

use keyward_names::{GroupId, PolicyId, PolicyName, RoleId, UserId};
use keyward_policy::{Compiled, Document};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::PrincipalId;

/// The text of a policy, unchanged. It is compiled once, when that is first needed; copies share
/// both.
#[derive(Clone)]
pub struct PolicyDocument(Arc<Inner>);

struct Inner {
    text: Box<str>,
    compiled: OnceLock<Option<Arc<Compiled>>>,
}

/// An entity that can have policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PolicyEntity {
    /// A user.
    User(UserId),
    /// A role.
    Role(RoleId),
    /// A group: its users have its policies.
    Group(GroupId),
}

impl PolicyEntity {
    /// Sorts before every entity: where an iteration over all of them begins.
    pub const FIRST: Self = Self::User(UserId::LOWEST);

    /// The entity's id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(id) => id.as_str(),
            Self::Role(id) => id.as_str(),
            Self::Group(id) => id.as_str(),
        }
    }
}

impl fmt::Display for PolicyEntity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<PrincipalId> for PolicyEntity {
    fn from(principal: PrincipalId) -> Self {
        match principal {
            PrincipalId::User(user) => Self::User(user),
            PrincipalId::Role(role) => Self::Role(role),
        }
    }
}

/// The policies of a user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityPolicies {
    /// The entity that has them. In old records of users this member is `user`.
    #[serde(alias = "user")]
    pub entity: PolicyEntity,
    /// Its inline policies, in the order of their folded names, each of which is unique. In old
    /// records this member is `policies`.
    #[serde(default, alias = "policies", skip_serializing_if = "<[_]>::is_empty")]
    pub inline: Box<[InlinePolicy]>,
    /// The managed policies attached to it, in the order they were attached.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub attached: Box<[PolicyId]>,
    /// The permissions boundary, a managed policy. Groups have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PolicyId>,
}

/// A policy that belongs to one user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlinePolicy {
    /// The name, as first spelled.
    pub name: PolicyName,
    /// Its text.
    pub document: PolicyDocument,
}

impl PolicyDocument {
    /// A document of this text, which the caller has checked.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let compiled = OnceLock::new();
        Self(Arc::new(Inner {
            text: text.into(),
            compiled,
        }))
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The compiled document; `None` if the text is not a valid policy.
    #[must_use]
    pub fn compiled(&self) -> Option<&Arc<Compiled>> {
        let compile = || {
            let document = Document::parse(&self.0.text).ok()?;
            Some(Arc::new(Compiled::new(&document)))
        };
        self.0.compiled.get_or_init(compile).as_ref()
    }

    /// Shares the compiled form of another document if the text is the same.
    pub(crate) fn share_with(&mut self, known: &Self) {
        if self == known {
            *self = known.clone();
        }
    }
}

impl PartialEq for PolicyDocument {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for PolicyDocument {}

impl fmt::Debug for PolicyDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.text.fmt(formatter)
    }
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.text)
    }
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

impl EntityPolicies {
    /// The policies of an entity that has none yet.
    #[must_use]
    pub fn none(entity: PolicyEntity) -> Self {
        Self {
            entity,
            inline: Box::default(),
            attached: Box::default(),
            boundary: None,
        }
    }

    /// Whether there are none, and so no record.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.inline.is_empty() && self.attached.is_empty() && self.boundary.is_none()
    }

    /// The inline policy with this name, compared without case.
    #[must_use]
    pub fn inline_policy(&self, name: &PolicyName) -> Option<&InlinePolicy> {
        let name = name.folded();
        self.inline
            .iter()
            .find(|policy| policy.name.folded() == name)
    }

    /// All managed policies that the entity uses, and how.
    pub fn references(&self) -> impl Iterator<Item = (PolicyId, PolicyUse)> {
        let attached = self.attached.iter().map(|id| (*id, PolicyUse::Permissions));
        let boundary = self.boundary.map(|id| (id, PolicyUse::Boundary));
        attached.chain(boundary)
    }

    /// Shares the compiled documents of policies that did not change.
    pub(crate) fn share_documents_with(&mut self, before: &Self) {
        for policy in &mut self.inline {
            let same = |known: &&InlinePolicy| known.document == policy.document;
            if let Some(same) = before.inline.iter().find(same) {
                policy.document = same.document.clone();
            }
        }
    }
}

/// How an entity uses a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyUse {
    /// It is attached to the entity.
    Permissions,
    /// It is the entity's permissions boundary.
    Boundary,
}

/// How many entities use a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyUses {
    /// `AttachmentCount`.
    pub attached: usize,
    /// `PermissionsBoundaryUsageCount`.
    pub boundary: usize,
}

impl PolicyUses {
    /// Whether none uses it.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.attached == 0 && self.boundary == 0
    }
}
