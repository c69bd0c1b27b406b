//! Users: people and programs that act in an account, by name and path.

pub(crate) mod create_user;
pub(crate) mod delete_user;
pub(crate) mod get_user;
pub(crate) mod list_user_tags;
pub(crate) mod list_users;
pub(crate) mod tag_user;
pub(crate) mod untag_user;
pub(crate) mod update_user;

use keyward_account::{Account, User};
use keyward_api::iam;

use crate::resource::arn_of;

/// A user as lists show it: without tags.
fn shown_in_list(account: &Account, user: &User) -> iam::User {
    iam::User {
        path: Some(user.path.clone()),
        user_name: Some(user.name.clone()),
        user_id: user.id.as_str().to_owned(),
        arn: arn_of(account, user),
        create_date: user.created,
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}

/// A user as it is shown alone: with its tags, if it has any.
fn shown_alone(account: &Account, user: &User) -> iam::User {
    let tags = (!user.tags.is_empty()).then(|| super::tags::shown(&user.tags));
    iam::User {
        tags,
        ..shown_in_list(account, user)
    }
}
