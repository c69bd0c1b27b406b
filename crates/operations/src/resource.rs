//! What a request is about, as authorization sees it: an ARN.

use keyward_account::{Account, User};
use keyward_names::{AccountId, Path, UserName, root_arn, user_arn};

/// The resource of one authorization question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource(String);

impl Resource {
    /// The ARN.
    #[must_use]
    pub(crate) fn arn(&self) -> &str {
        &self.0
    }

    /// `*`: operations on the account as such.
    pub(crate) fn any() -> Self {
        Self("*".to_owned())
    }

    /// An existing user by its stored ARN; where there is none, the ARN is built from the name that
    /// was asked for, so that the question can be put before the answer betrays what exists.
    pub(crate) fn user(account: &Account, name: &UserName, user: Option<&User>) -> Self {
        Self(user.map_or_else(
            || user_arn(account.id(), &Path::default(), name.as_str()),
            |user| arn_of(account, user),
        ))
    }

    /// A user that is about to be, or to be called, so.
    pub(crate) fn new_user(account: AccountId, path: &Path, name: &UserName) -> Self {
        Self(user_arn(account, path, name.as_str()))
    }

    /// The users of an account, or those under a path: the resource of lists.
    pub(crate) fn users(account: AccountId, path_prefix: Option<&str>) -> Self {
        let prefix = path_prefix.unwrap_or("/");
        Self(format!("arn:aws:iam::{account}:user{prefix}"))
    }

    /// The root user of an account.
    pub(crate) fn root(account: AccountId) -> Self {
        Self(root_arn(account))
    }
}

/// The ARN of a user of the account.
#[must_use]
pub(crate) fn arn_of(account: &Account, user: &User) -> String {
    user_arn(account.id(), &user.path, user.name.as_str())
}
