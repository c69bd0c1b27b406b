//! Deletes an inline policy of a group.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteGroupPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DeleteGroupPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::delete;
use crate::iam::shared::owner::Owner;

pub(crate) async fn delete_group_policy(call: Call<DeleteGroupPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group);
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let owner = Owner::group(group, asked_for);
    delete(&call, permit, owner, &input.policy_name).await
}
