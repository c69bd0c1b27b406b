//! Lists the managed policies that are attached to a group.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PathPrefix` |  | text of 1 to 512 characters, `((/[A-Za-z0-9\.,\+@=_-]+)*)/` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListAttachedGroupPolicies`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_attached_group_policies(
    call: Call<ListAttachedGroupPoliciesRequest>,
) -> Outcome<ListAttachedGroupPoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group);
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let page = list(
        account,
        call.managed(),
        PolicyEntity::Group(group.id),
        prefix,
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListAttachedGroupPoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        attached_policies: Some(page.items),
        marker: page.marker,
    })
}
