//! Lists the instance profiles that pass a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListInstanceProfilesForRole`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::FoldedName;

use super::shown_in_list;
use crate::pages;

pub(crate) async fn list_instance_profiles_for_role(
    call: Call<ListInstanceProfilesForRoleRequest>,
) -> Outcome<ListInstanceProfilesForRoleResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let permit = call.authorize(Resource::role(account, &input.role_name, role))?;
    let role = role.ok_or_else(|| fault::no_such_role(input.role_name.as_str()))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let profiles = account.profiles_of(role.id, after.as_ref());
    let page = pages::page(profiles, input.max_items, |(name, profile)| {
        (name, Some(shown_in_list(account, profile)))
    });
    permit.answer(ListInstanceProfilesForRoleResponse {
        is_truncated: Some(page.is_truncated()),
        instance_profiles: page.items,
        marker: page.marker,
    })
}
