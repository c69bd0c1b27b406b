//! Lists the names of the inline policies of a group.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListGroupPolicies`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListGroupPoliciesRequest, ListGroupPoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_group_policies(
    call: Call<ListGroupPoliciesRequest>,
) -> Outcome<ListGroupPoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group);
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let page = list(
        account,
        PolicyEntity::Group(group.id),
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListGroupPoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        policy_names: page.items,
        marker: page.marker,
    })
}
