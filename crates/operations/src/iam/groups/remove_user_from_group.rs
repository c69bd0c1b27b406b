//! Takes a user out of a group. If the user is not in it, that is no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:RemoveUserFromGroup`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes};
use keyward_api::iam::RemoveUserFromGroupRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::GroupId;

use super::memberships;

pub(crate) async fn remove_user_from_group(call: Call<RemoveUserFromGroupRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let permit = call.authorize(Resource::group(account, &input.group_name, group))?;
    let (user_name, group_name) = (input.user_name.clone(), input.group_name.clone());
    // Seen so: if both are missing, the fault is about the user.
    let user = account
        .user(user_name.as_str())
        .ok_or_else(|| fault::no_such_user(user_name.as_str()))?
        .id;
    let group = group
        .ok_or_else(|| fault::no_such_group(group_name.as_str()))?
        .id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.user_by_id(user).is_none() {
            return Err(fault::no_such_user(user_name.as_str()).into());
        }
        if account.groups().get(group).is_none() {
            return Err(fault::no_such_group(group_name.as_str()).into());
        }
        let (left, left_out): (Vec<GroupId>, Vec<GroupId>) =
            account.groups_of(user).partition(|of| *of != group);
        if left_out.is_empty() {
            return Ok((Changes::none(), ()));
        }
        Ok((memberships(user, left), ()))
    })
    .await
}
