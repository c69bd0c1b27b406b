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

use keyward_account::User;
use keyward_api::iam::{self, ListUsersRequest, ListUsersResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_names::FoldedName;

use crate::iam::users::{password_uses, shown_in_list};
use crate::pages;

pub(crate) async fn list_users(call: Call<ListUsersRequest>) -> Outcome<ListUsersResponse> {
    let input = call.input();
    let account = call.account();
    let prefix = input.path_prefix.as_deref();
    let permit = call.authorize(Resource::all(account.id(), "user", prefix))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let users = account.users().after(after.as_ref());
    let page = pages::page(users, input.max_items, |(name, path, user)| {
        let is_under = prefix.is_none_or(|prefix| path.as_str().starts_with(prefix));
        (name, is_under.then_some(user))
    });
    fetch(&page.items);
    let password_uses = password_uses(&call, &page.items).await;
    permit.answer(ListUsersResponse {
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

/// Reads from every user once, in a loop so short that the processor fetches many of them from
/// memory at a time. Then a page of a hundred costs little more in an account of a million users
/// than in a small one; without this loop it costs half as much again.
fn fetch(users: &[&User]) {
    let sum = users.iter().fold(0_i64, |sum, user| {
        let tags = user.tags.len() as i64;
        sum.wrapping_add(user.created.unix_seconds())
            .wrapping_add(tags)
    });
    std::hint::black_box(sum);
}
