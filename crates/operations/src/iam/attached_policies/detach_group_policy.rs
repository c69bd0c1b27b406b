//! Detaches a managed policy from a group.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DetachGroupPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DetachGroupPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::detach;
use crate::iam::shared::owner::Owner;

pub(crate) async fn detach_group_policy(call: Call<DetachGroupPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group)
        .with_key("iam:PolicyARN", &call.stored_policy_arn(&input.policy_arn));
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let owner = Owner::group(group, asked_for);
    detach(&call, permit, owner, &input.policy_arn).await
}
