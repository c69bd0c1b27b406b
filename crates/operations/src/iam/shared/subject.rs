//! Whom an operation is about when its `UserName` may be left out.

use keyward_account::{Account, User};
use keyward_authorization::Resource;
use keyward_authorization::{Caller, Principal};
use keyward_faults::{Fault, fault};
use keyward_names::UserName;

/// The user that was named, or else the caller.
pub(crate) enum Subject<'a> {
    /// The account's root user, which calls without naming anyone.
    Root,
    /// A user by this name, who may not exist.
    User {
        /// The name that was asked for.
        name: UserName,
        /// Who has it.
        user: Option<&'a User>,
    },
}

impl<'a> Subject<'a> {
    /// Finds out who is meant.
    pub(crate) fn named_or_caller(
        account: &'a Account,
        caller: &Caller,
        name: Option<&UserName>,
    ) -> Result<Self, Fault> {
        match (name, caller.principal()) {
            (Some(name), _) => Ok(Self::User {
                name: name.clone(),
                user: account.user(name.as_str()),
            }),
            (None, Some(Principal::Root)) => Ok(Self::Root),
            (None, Some(Principal::User(id))) => {
                let user = account
                    .user_by_id(id)
                    .ok_or_else(fault::invalid_client_token_id)?;
                Ok(Self::User {
                    name: user.name.clone(),
                    user: Some(user),
                })
            }
            (None, None) => Err(fault::must_specify_user_name()),
        }
    }

    /// What is asked for when the caller's right is judged.
    pub(crate) fn resource(&self, account: &Account) -> Resource {
        match self {
            Self::Root => Resource::root(account.id()),
            Self::User { name, user } => Resource::user(account, name, *user),
        }
    }
}
