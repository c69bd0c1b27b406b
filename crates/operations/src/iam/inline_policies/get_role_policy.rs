//! Shows the text of an inline policy of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetRolePolicy`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetRolePolicyRequest, GetRolePolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::text;
use crate::iam::shared::owner::Owner;

pub(crate) async fn get_role_policy(
    call: Call<GetRolePolicyRequest>,
) -> Outcome<GetRolePolicyResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role);
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    let text = text(account, &Owner::role(role, asked_for), &input.policy_name)?;
    permit.answer(GetRolePolicyResponse {
        role_name: role.name.clone(),
        // Seen so: the name as the request spells it, not as the policy does.
        policy_name: input.policy_name.clone(),
        policy_document: text.to_owned(),
    })
}
