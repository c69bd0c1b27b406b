//! Lists the tags of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListRoleTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListRoleTagsRequest, ListRoleTagsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_role_tags(
    call: Call<ListRoleTagsRequest>,
) -> Outcome<ListRoleTagsResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let permit = call.authorize(Resource::role(account, &input.role_name, role))?;
    let role = role.ok_or_else(|| fault::no_such_role(input.role_name.as_str()))?;
    let page = pages::page_of_few(
        tags::shown(&role.tags),
        input.marker.as_deref(),
        input.max_items,
        |tag| &tag.key,
    )?;
    permit.answer(ListRoleTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}
