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

/// Looks at every user once, in a loop so short that the processor waits for many of them at a time.
/// In an account of a million users a page of a hundred then costs little more than in a small one;
/// without it, half as much again.
fn fetch(users: &[&User]) {
    let sum = users.iter().fold(0_i64, |sum, user| {
        let tags = user.tags.len() as i64;
        sum.wrapping_add(user.created.unix_seconds())
            .wrapping_add(tags)
    });
    std::hint::black_box(sum);
}

#[cfg(test)]
mod tests {

    use keyward_testkit::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_come_in_the_order_of_names_and_go_on_where_a_deleted_user_was() {
        let world = World::new().await;
        let root = world.root();
        for form in [
            "UserName=bob",
            "UserName=Alice&Path=%2Fa%2F",
            "UserName=Carol&Path=%2Fab%2F",
        ] {
            assert_eq!(root.ask("CreateUser", form).await.status, 200);
        }
        let first = root.ask("ListUsers", "MaxItems=2").await;
        assert_eq!(first.texts("UserName"), ["Alice", "bob"]);
        assert_eq!(first.text("IsTruncated"), "true");
        assert_eq!(root.ask("DeleteUser", "UserName=bob").await.status, 200);
        let rest = root
            .ask("ListUsers", &format!("Marker={}", first.text("Marker")))
            .await;
        assert_eq!(
            (rest.texts("UserName"), rest.text("IsTruncated")),
            (vec!["Carol"], "false")
        );
        assert_eq!(
            root.ask("ListUsers", "PathPrefix=%2Fa")
                .await
                .texts("UserName"),
            ["Alice", "Carol"]
        );
        assert_eq!(
            root.ask("ListUsers", "PathPrefix=%2Fa%2F")
                .await
                .texts("UserName"),
            ["Alice"]
        );
        assert_eq!(
            root.ask("ListUsers", "Marker=x").await.fault(),
            "400 ValidationError: Invalid Marker."
        );
        let none = root.ask("ListUsers", "PathPrefix=%2Fz%2F").await;
        assert!(none.body.contains("<Users/>"), "{}", none.body);
    }
}
