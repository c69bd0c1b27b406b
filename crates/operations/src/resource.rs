//! What a request is about, as authorization sees it: an ARN.

use keyward_account::{Account, User};
use keyward_names::{AccountId, Path, UserId, UserName, root_arn, user_arn};

/// The resource of one authorization question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    arn: String,
    /// The user that the ARN is of, where there is one: the ARN may become another's.
    user: Option<UserId>,
}

impl Resource {
    fn of_nobody(arn: String) -> Self {
        Self { arn, user: None }
    }

    /// The ARN.
    #[must_use]
    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether the user that was asked about now has another ARN: then the question must be put
    /// anew.
    pub(crate) fn is_stale(&self, account: &Account) -> bool {
        let now = self.user.and_then(|id| account.user_by_id(id));
        now.is_some_and(|user| arn_of(account, user) != self.arn)
    }

    /// `*`: operations on the account as such.
    pub(crate) fn any() -> Self {
        Self::of_nobody("*".to_owned())
    }

    /// An existing user by its stored ARN; where there is none, the ARN is built from the name that
    /// was asked for, so that the question can be put before the answer betrays what exists.
    pub(crate) fn user(account: &Account, name: &UserName, user: Option<&User>) -> Self {
        match user {
            Some(user) => Self {
                arn: arn_of(account, user),
                user: Some(user.id),
            },
            None => Self::new_user(account.id(), &Path::default(), name),
        }
    }

    /// A user that is about to be, or to be called, so.
    pub(crate) fn new_user(account: AccountId, path: &Path, name: &UserName) -> Self {
        Self::of_nobody(user_arn(account, path, name.as_str()))
    }

    /// The users of an account, or those under a path: the resource of lists.
    pub(crate) fn users(account: AccountId, path_prefix: Option<&str>) -> Self {
        let prefix = path_prefix.unwrap_or("/");
        Self::of_nobody(format!("arn:aws:iam::{account}:user{prefix}"))
    }

    /// The root user of an account.
    pub(crate) fn root(account: AccountId) -> Self {
        Self::of_nobody(root_arn(account))
    }
}

/// The ARN of a user of the account.
#[must_use]
pub(crate) fn arn_of(account: &Account, user: &User) -> String {
    user_arn(account.id(), &user.path, user.name.as_str())
}
