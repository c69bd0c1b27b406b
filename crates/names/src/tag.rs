//! Tags.

use serde::{Deserialize, Serialize};

/// A key and a value that label an entity. Their shape (length, characters) is judged where a
/// request is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The key as last spelled, 1 to 128 characters.
    pub key: Box<str>,
    /// The value, possibly empty, up to 256 characters.
    pub value: Box<str>,
}

/// A tag key without its case. The keys of users and roles compare so; those of all other
/// resources compare as they are spelled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedTagKey(String);

impl FoldedTagKey {
    /// Folds a key.
    #[must_use]
    pub fn fold(key: &str) -> Self {
        Self(key.to_lowercase())
    }

    /// Whether the key is in the namespace that the service keeps for itself.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with("aws:")
    }
}
