//! Shows a group and lists its users by name.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:GetGroup`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetGroupRequest, GetGroupResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::FoldedName;

use super::shown;
use crate::iam::users::{password_uses, shown_in_list};
use crate::pages;

pub(crate) async fn get_group(call: Call<GetGroupRequest>) -> Outcome<GetGroupResponse> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let permit = call.authorize(Resource::group(account, &input.group_name, group))?;
    let group = group.ok_or_else(|| fault::no_such_group(input.group_name.as_str()))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let members = account.members_of(group.id, after.as_ref());
    let page = pages::page(members, input.max_items, |(name, user)| (name, Some(user)));
    let password_uses = password_uses(&call, &page.items).await;
    permit.answer(GetGroupResponse {
        group: shown(account, group),
        is_truncated: Some(page.is_truncated()),
        users: page
            .items
            .iter()
            .map(|user| iam::User {
                password_last_used: password_uses.get(&user.id).copied(),
                ..shown_in_list(account, user)
            })
            .collect(),
        marker: page.marker,
    })
}
