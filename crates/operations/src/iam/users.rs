//! Users: people and programs that act in an account, by name and path.

pub(crate) mod create_user;
pub(crate) mod delete_user;
pub(crate) mod get_user;
pub(crate) mod list_user_tags;
pub(crate) mod list_users;
pub(crate) mod tag_user;
pub(crate) mod untag_user;
pub(crate) mod update_user;

use std::collections::HashMap;

use keyward_account::{Account, PolicyEntity, User};
use keyward_api::iam;
use keyward_authorization::Managed;
use keyward_authorization::Principal;
use keyward_engine::Call;
use keyward_names::{Timestamp, UserId};

use crate::iam::permissions_boundaries;

/// When users last signed in with a password, for those who did with their present login profile.
/// The store is asked once for all of them, and not at all if there are none.
pub(crate) async fn password_uses<I>(
    call: &Call<I>,
    users: &[&User],
) -> HashMap<UserId, Timestamp> {
    let has_used_password = |id: &UserId| {
        let profile = call.account().login_profile(*id);
        profile.is_some_and(|profile| profile.password_used)
    };
    let ids: Vec<UserId> = users
        .iter()
        .map(|user| user.id)
        .filter(has_used_password)
        .collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    let principals: Vec<Principal> = ids.iter().copied().map(Principal::User).collect();
    let uses = call.password_uses(&principals).await;
    let used = ids.into_iter().zip(uses);
    used.filter_map(|(id, used)| Some((id, used?))).collect()
}

/// A user as lists show it: without tags.
pub(crate) fn shown_in_list(account: &Account, user: &User) -> iam::User {
    iam::User {
        path: Some(user.path.clone()),
        user_name: Some(user.name.clone()),
        user_id: user.id.as_str().to_owned(),
        arn: user.arn(account.id()),
        create_date: user.created,
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}

/// A user as answers about one user show it: with its tags and its boundary, if it has any.
fn shown_alone(account: &Account, managed: Managed<'_>, user: &User) -> iam::User {
    let tags = (!user.tags.is_empty()).then(|| crate::iam::shared::tags::shown(&user.tags));
    let entity = PolicyEntity::User(user.id);
    iam::User {
        tags,
        permissions_boundary: permissions_boundaries::shown(account, managed, entity),
        ..shown_in_list(account, user)
    }
}
