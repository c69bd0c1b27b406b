//! The user that an operation is about, if `UserName` may be left out.

use keyward_account::{Account, User};
use keyward_authorization::Resource;
use keyward_authorization::{Caller, Principal};
use keyward_faults::{Fault, fault};
use keyward_names::UserName;

/// The user that the request names, or else the caller.
pub(crate) enum Subject<'a> {
    /// The account's root user, which called without a name.
    Root,
    /// A user with this name, who may not exist.
    User {
        /// The name in the request, or the caller's.
        name: UserName,
        /// The user, if it exists.
        user: Option<&'a User>,
    },
}

impl<'a> Subject<'a> {
    /// Finds the user that the request is about.
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

    /// Refuses a user who does not exist.
    pub(crate) fn exists(&self) -> Result<(), Fault> {
        match self {
            Self::User { name, user: None } => Err(fault::no_such_user(name.as_str())),
            Self::Root | Self::User { user: Some(_), .. } => Ok(()),
        }
    }

    /// The resource for judging the caller's rights.
    pub(crate) fn resource(&self, account: &Account) -> Resource {
        match self {
            Self::Root => Resource::root(account.id()),
            Self::User { name, user } => Resource::user(account, name, *user),
        }
    }
}
