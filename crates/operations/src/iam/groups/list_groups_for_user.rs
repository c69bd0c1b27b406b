//! Lists the groups that a user is in, by name.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListGroupsForUser`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListGroupsForUserRequest, ListGroupsForUserResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::shown;
use crate::pages;

pub(crate) async fn list_groups_for_user(
    call: Call<ListGroupsForUserRequest>,
) -> Outcome<ListGroupsForUserResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let user = user.ok_or_else(|| fault::no_such_user(input.user_name.as_str()))?;
    let groups = account.groups_of(user.id);
    let mut groups: Vec<_> = groups.filter_map(|id| account.groups().get(id)).collect();
    groups.sort_by_key(|group| group.name.folded());
    let page = pages::page_of_few(groups, input.marker.as_deref(), input.max_items, |group| {
        group.id.as_str()
    })?;
    let page = page.map(|group| shown(account, group));
    permit.answer(ListGroupsForUserResponse {
        is_truncated: Some(page.is_truncated()),
        groups: page.items,
        marker: page.marker,
    })
}
