//! Deletes a user to whom nothing belongs any more.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteUser`.
//! Faults: `LimitExceeded` (409), `NoSuchEntity` (404), `DeleteConflict` (409), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, KeyOwner, PolicyEntity, RecordKey};
use keyward_api::iam::DeleteUserRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::owner::check_no_policies;

pub(crate) async fn delete_user(call: Call<DeleteUserRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let asked_for = input.user_name.clone();
    let id = user
        .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?
        .id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.user_by_id(id).is_none() {
            return Err(fault::no_such_user(asked_for.as_str()).into());
        }
        if account.login_profile(id).is_some() {
            return Err(fault::must_delete_login_profile_first().into());
        }
        if account.access_keys_of(KeyOwner::User(id)).next().is_some() {
            return Err(fault::must_delete_access_keys_first().into());
        }
        let policies = account.policies(PolicyEntity::User(id));
        check_no_policies(policies)?;
        if account.groups_of(id).next().is_some() {
            return Err(fault::must_remove_users_from_group_first().into());
        }
        // A permissions boundary does not prevent it.
        let boundary = policies.map(|policies| RecordKey::Policies(policies.entity));
        Ok((
            Changes::delete_all(boundary.into_iter().chain([RecordKey::User(id)])),
            (),
        ))
    })
    .await
}
