//! Lists the roles of the account by name, or those under a path.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PathPrefix` |  | text of 1 to 512 characters, `\u002F[\u0021-\u007F]*` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListRoles`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListRolesRequest, ListRolesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_names::FoldedName;

use super::shown_in_list;
use crate::pages;

pub(crate) async fn list_roles(call: Call<ListRolesRequest>) -> Outcome<ListRolesResponse> {
    let input = call.input();
    let account = call.account();
    let prefix = input.path_prefix.as_deref();
    let permit = call.authorize(Resource::all(account.id(), "role", prefix))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let roles = account.roles().after(after.as_ref());
    let page = pages::page_by_weight(roles, input.max_items, |(name, path, role)| {
        let is_under = prefix.is_none_or(|prefix| path.as_str().starts_with(prefix));
        let weight = role.trust_policy.document().text().len();
        (
            name,
            is_under.then(|| (shown_in_list(account, role), weight)),
        )
    });
    permit.answer(ListRolesResponse {
        is_truncated: Some(page.is_truncated()),
        roles: page.items,
        marker: page.marker,
    })
}
