//! Managed policies of the account's own, with their versions.

use keyward_names::{Path, PolicyId, PolicyName, Tag, Timestamp};
use serde::{Deserialize, Serialize};

use crate::PolicyDocument;

/// A managed policy that belongs to an account and can be attached to several of its users, groups
/// and roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Never changes. Attachments refer to it.
    pub id: PolicyId,
    /// The name.
    pub name: PolicyName,
    /// Its path.
    pub path: Path,
    /// When it was made.
    pub created: Timestamp,
    /// When it last got a new version or another default version.
    pub updated: Timestamp,
    /// What it is for, as described by whoever made it; never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// Tags, in the order of their keys.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
    /// Its versions, oldest first: at least one.
    pub versions: Box<[PolicyVersion]>,
    /// The number of the default version.
    pub default_version: u32,
    /// The number of the next version: numbers are never used again.
    pub next_version: u32,
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number, counted from 1: version `v2` has 2.
    pub number: u32,
    /// When it was made.
    pub created: Timestamp,
    /// Its text.
    pub document: PolicyDocument,
}

impl ManagedPolicy {
    /// The version with this number.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions
            .iter()
            .find(|version| version.number == number)
    }

    /// The document of the default version.
    #[must_use]
    pub fn default_document(&self) -> Option<&PolicyDocument> {
        let version = self.version(self.default_version);
        version.map(|version| &version.document)
    }

    /// Shares the compiled documents of versions that did not change.
    pub(crate) fn share_documents_with(&mut self, before: &Self) {
        for version in &mut self.versions {
            if let Some(known) = before.version(version.number) {
                version.document.share_with(&known.document);
            }
        }
    }
}
