//! Lists the groups of the account by name, or those under a path.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PathPrefix` |  | text of 1 to 512 characters, `\u002F[\u0021-\u007F]*` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListGroups`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListGroupsRequest, ListGroupsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_names::FoldedName;

use super::shown;
use crate::pages;

pub(crate) async fn list_groups(call: Call<ListGroupsRequest>) -> Outcome<ListGroupsResponse> {
    let input = call.input();
    let account = call.account();
    let prefix = input.path_prefix.as_deref();
    let permit = call.authorize(Resource::all(account.id(), "group", prefix))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let groups = account.groups().after(after.as_ref());
    let page = pages::page(groups, input.max_items, |(name, path, group)| {
        let is_under = prefix.is_none_or(|prefix| path.as_str().starts_with(prefix));
        (name, is_under.then(|| shown(account, group)))
    });
    permit.answer(ListGroupsResponse {
        is_truncated: Some(page.is_truncated()),
        groups: page.items,
        marker: page.marker,
    })
}
