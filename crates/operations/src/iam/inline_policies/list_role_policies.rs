//! Lists the names of the inline policies of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListRolePolicies`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListRolePoliciesRequest, ListRolePoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_role_policies(
    call: Call<ListRolePoliciesRequest>,
) -> Outcome<ListRolePoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role);
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    let page = list(
        account,
        PolicyEntity::Role(role.id),
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListRolePoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        policy_names: page.items,
        marker: page.marker,
    })
}
