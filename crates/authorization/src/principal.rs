//! Users and root users, who have credentials of their own.

use keyward_account::Account;
use keyward_names::UserId;
use serde::{Deserialize, Serialize};

/// Someone who has credentials of their own, in the account of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// The account's root user.
    Root,
    /// A user.
    User(UserId),
}

impl Principal {
    /// The ARN; for a user who was deleted the unique id instead.
    pub fn arn(self, account: &Account) -> String {
        match self {
            Self::Root => keyward_names::root_arn(account.id()),
            Self::User(id) => account
                .user_by_id(id)
                .map_or_else(|| id.to_string(), |user| user.arn(account.id())),
        }
    }

    /// `UserId` of `GetCallerIdentity`, `aws:userid`.
    pub fn user_id(self, account: &Account) -> String {
        match self {
            Self::Root => account.id().to_string(),
            Self::User(id) => id.to_string(),
        }
    }
}
