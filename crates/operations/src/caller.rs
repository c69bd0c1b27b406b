//! Who makes a request, as far as its signature tells.

use keyward_account::{AccessKeyStatus, Account, KeyOwner};
use keyward_names::{AccessKeyId, UserId, root_arn};
use serde::{Deserialize, Serialize};

/// The principal of a request. Its account is that of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// The account's root user.
    Root,
    /// A user.
    User(UserId),
}

/// Who calls, and with which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// The key that signed. `None` in `dev` for a key that Keyward did not issue, and for a root
    /// key that the environment gives: there is no record that could be deactivated.
    pub access_key: Option<AccessKeyId>,
}

impl Caller {
    /// The caller that a stored access key speaks for.
    #[must_use]
    pub fn of_key(id: AccessKeyId, owner: KeyOwner) -> Self {
        let principal = match owner {
            KeyOwner::Root => Principal::Root,
            KeyOwner::User(user) => Principal::User(user),
        };
        Self {
            principal,
            access_key: Some(id),
        }
    }

    /// Whether the key that signed still speaks for the principal, and the principal is still there.
    #[must_use]
    pub fn is_known(&self, account: &Account) -> bool {
        let owner = match self.principal {
            Principal::Root => KeyOwner::Root,
            Principal::User(user) => KeyOwner::User(user),
        };
        let key_is_good = self.access_key.is_none_or(|id| {
            account
                .access_key(id)
                .is_some_and(|key| key.owner == owner && key.status == AccessKeyStatus::Active)
        });
        let exists = match self.principal {
            Principal::Root => true,
            Principal::User(user) => account.user_by_id(user).is_some(),
        };
        // An account that was ended knows nobody, not even a root user without a key.
        account.settings().is_some() && key_is_good && exists
    }

    /// The caller's ARN. A user that is gone has none any more; its id then stands for it.
    #[must_use]
    pub fn arn(&self, account: &Account) -> String {
        match self.principal {
            Principal::Root => root_arn(account.id()),
            Principal::User(id) => account.user_by_id(id).map_or_else(
                || id.to_string(),
                |user| crate::resource::arn_of(account, user),
            ),
        }
    }
}
