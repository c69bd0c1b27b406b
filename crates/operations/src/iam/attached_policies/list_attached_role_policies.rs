//! Lists the managed policies that are attached to a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PathPrefix` |  | text of 1 to 512 characters, `((/[A-Za-z0-9\.,\+@=_-]+)*)/` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListAttachedRolePolicies`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_attached_role_policies(
    call: Call<ListAttachedRolePoliciesRequest>,
) -> Outcome<ListAttachedRolePoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role);
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let page = list(
        account,
        call.managed(),
        PolicyEntity::Role(role.id),
        prefix,
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListAttachedRolePoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        attached_policies: Some(page.items),
        marker: page.marker,
    })
}
