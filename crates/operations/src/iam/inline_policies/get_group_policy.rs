//! Shows the text of an inline policy of a group.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetGroupPolicy`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetGroupPolicyRequest, GetGroupPolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::text;
use crate::iam::shared::owner::Owner;

pub(crate) async fn get_group_policy(
    call: Call<GetGroupPolicyRequest>,
) -> Outcome<GetGroupPolicyResponse> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group);
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let text = text(account, &Owner::group(group, asked_for), &input.policy_name)?;
    permit.answer(GetGroupPolicyResponse {
        group_name: group.name.clone(),
        // Seen so: the name as the request spells it, not as the policy does.
        policy_name: input.policy_name.clone(),
        policy_document: text.to_owned(),
    })
}
