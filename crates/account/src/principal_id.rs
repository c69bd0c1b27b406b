//! The unique ids of users and roles: the principals that have rights of their own.

use std::fmt;

use keyward_names::{RoleId, UserId};
use serde::{Deserialize, Serialize};

/// The unique id of a user or a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PrincipalId {
    /// A user's.
    User(UserId),
    /// A role's.
    Role(RoleId),
}

impl PrincipalId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(id) => id.as_str(),
            Self::Role(id) => id.as_str(),
        }
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
