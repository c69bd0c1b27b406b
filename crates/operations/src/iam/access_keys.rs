//! Access keys of users and of the root user, with which programs sign their requests.

pub(crate) mod create_access_key;
pub(crate) mod delete_access_key;
pub(crate) mod get_access_key_last_used;
pub(crate) mod list_access_keys;
pub(crate) mod update_access_key;

use keyward_account::{AccessKey, AccessKeyStatus, Account, KeyOwner};
use keyward_api::iam;
use keyward_faults::{Fault, fault};
use keyward_names::{AccessKeyId, UserName};

use crate::iam::shared::subject::Subject;

/// The owner of the keys that a request is about, and the name that answers show; the root user has
/// none.
fn owner_of(subject: &Subject<'_>) -> Result<(KeyOwner, Option<UserName>), Fault> {
    match subject {
        Subject::Root => Ok((KeyOwner::Root, None)),
        Subject::User { name, user } => {
            let user = user.ok_or_else(|| fault::no_such_user(name.as_str()))?;
            Ok((KeyOwner::User(user.id), Some(user.name.clone())))
        }
    }
}

/// The owner's key with this id. If the key is another owner's, the fault is as if it did not
/// exist.
fn key_of<'a>(account: &'a Account, owner: KeyOwner, id: &str) -> Result<&'a AccessKey, Fault> {
    AccessKeyId::parse(id)
        .ok()
        .and_then(|id| account.access_key(id))
        .filter(|key| key.owner == owner)
        .ok_or_else(|| fault::no_such_access_key(id))
}

/// Checks, when keys are changed, that their owner still exists.
fn check_owner(account: &Account, owner: KeyOwner, name: Option<&UserName>) -> Result<(), Fault> {
    match owner {
        KeyOwner::User(user) if account.user_by_id(user).is_none() => {
            Err(fault::no_such_user(name.map_or("", UserName::as_str)))
        }
        KeyOwner::User(_) | KeyOwner::Root => Ok(()),
    }
}

fn shown_status(status: AccessKeyStatus) -> iam::StatusType {
    match status {
        AccessKeyStatus::Active => iam::StatusType::Active,
        AccessKeyStatus::Inactive => iam::StatusType::Inactive,
    }
}
