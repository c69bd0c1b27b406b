//! Lists the users of the account by name, or those under a path.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PathPrefix` |  | text of 1 to 512 characters, `\u002F[\u0021-\u007F]*` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListUsers`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListUsersRequest, ListUsersResponse};
use keyward_names::FoldedName;

use crate::call::{Call, Outcome};
use crate::iam::users::shown_in_list;
use crate::pages;
use crate::resource::Resource;

pub(crate) async fn list_users(call: Call<ListUsersRequest>) -> Outcome<ListUsersResponse> {
    let input = call.input();
    let account = call.account();
    let prefix = input.path_prefix.as_deref();
    let permit = call.authorize(Resource::users(account.id(), prefix))?;
    let after = pages::after(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let page = pages::page(
        account.users_after(after.as_ref()),
        input.max_items,
        |user| {
            let is_under = prefix.is_none_or(|prefix| user.path.as_str().starts_with(prefix));
            (
                user.name.folded(),
                is_under.then(|| shown_in_list(account, user)),
            )
        },
    );
    permit.answer(ListUsersResponse {
        is_truncated: Some(page.is_truncated()),
        users: page.items,
        marker: page.marker,
    })
}
