//! Deletes a group that has neither users nor policies any more.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteGroup`.
//! Faults: `NoSuchEntity` (404), `DeleteConflict` (409), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, PolicyEntity, RecordKey};
use keyward_api::iam::DeleteGroupRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::owner::check_no_policies;

pub(crate) async fn delete_group(call: Call<DeleteGroupRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let permit = call.authorize(Resource::group(account, &input.group_name, group))?;
    let asked_for = input.group_name.clone();
    let id = group
        .ok_or_else(|| fault::no_such_group(asked_for.as_str()))?
        .id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.groups().get(id).is_none() {
            return Err(fault::no_such_group(asked_for.as_str()).into());
        }
        if account.has_members(id) {
            return Err(fault::must_remove_users_from_group_first().into());
        }
        check_no_policies(account.policies(PolicyEntity::Group(id)))?;
        Ok((Changes::delete(RecordKey::Group(id)), ()))
    })
    .await
}
