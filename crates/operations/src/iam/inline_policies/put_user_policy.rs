//! Gives a user an inline policy, or another document to one that it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:PutUserPolicy`.
//! Faults: `LimitExceeded` (409), `MalformedPolicyDocument` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::PutUserPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::put;
use crate::iam::shared::owner::Owner;

pub(crate) async fn put_user_policy(call: Call<PutUserPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let owner = Owner::user(user, asked_for);
    put(
        &call,
        permit,
        owner,
        &input.policy_name,
        &input.policy_document,
    )
    .await
}

#[cfg(test)]
mod tests {
    use keyward_testkit::{Quotas, World};

    /// A policy of so many characters, white space not counted.
    fn document(characters: usize) -> String {
        let (begin, end) = (
            "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:",
            "\",\"Resource\":\"*\"}}",
        );
        let filling = "x".repeat(characters - begin.len() - end.len());
        format!("{begin}{filling}{end}")
    }

    fn form(user: &str, name: &str, document: &str) -> String {
        let encoded = document.replace('%', "%25").replace('+', "%2B");
        format!("UserName={user}&PolicyName={name}&PolicyDocument={encoded}")
    }

    async fn world() -> World {
        let world = World::new().await;
        let created = world.root().ask("CreateUser", "UserName=Bob").await;
        assert_eq!(created.fault(), "200");
        world
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn texts_are_kept_to_the_letter_and_names_by_their_first_spelling() {
        let world = world().await;
        let root = world.root();
        let text = "{ \"Version\": \"2012-10-17\",\n\t\"Statement\": [{\"Resource\": \"arn:aws:s3:::a%3Ab+é\", \"Effect\": \"Deny\", \"Action\": \"s3:*\"}] }\r\n";
        for (name, text) in [
            ("zebra", text),
            ("Ant", &document(200)),
            ("ZEBRA", &document(100)),
        ] {
            let put = root.ask("PutUserPolicy", &form("bob", name, text)).await;
            assert_eq!(put.fault(), "200", "{name}");
            assert!(!put.body.contains("Result"), "{}", put.body);
            if name == "zebra" {
                let got = root
                    .ask("GetUserPolicy", "UserName=BOB&PolicyName=Zebra")
                    .await;
                assert_eq!(
                    (got.text("UserName"), got.text("PolicyName")),
                    ("Bob", "Zebra")
                );
                let shown = got.text("PolicyDocument");
                assert!(shown.contains("a%253Ab%2B%C3%A9"), "{shown}");
                assert!(shown.ends_with("%20%7D%0D%0A"), "{shown}");
            }
        }
        let listed = root.ask("ListUserPolicies", "UserName=bob").await;
        assert_eq!(listed.texts("member"), ["Ant", "zebra"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn all_policies_of_a_user_together_have_a_bound_that_white_space_is_no_part_of() {
        let world = world().await;
        let root = world.root();
        let put = async |name: &str, text: &str| {
            root.ask("PutUserPolicy", &form("bob", name, text))
                .await
                .fault()
        };
        assert_eq!(put("a", &document(1_000)).await, "200");
        let wide = document(1_048).replace(",", ", \t\r\n ");
        assert_eq!(put("b", &wide).await, "200");
        let full = "409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user Bob";
        assert_eq!(put("c", &document(100)).await, full);
        assert_eq!(put("A", &document(1_001)).await, full);
        assert_eq!(put("a", &document(999)).await, "200");
        let quotas = Quotas {
            user_inline_policy_characters: 100,
            ..Quotas::default()
        };
        let world = World::with_quotas(quotas).await;
        let root = world.root();
        assert_eq!(root.ask("CreateUser", "UserName=Bob").await.fault(), "200");
        assert_eq!(
            root.ask("PutUserPolicy", &form("Bob", "a", &document(101)))
                .await
                .fault(),
            "409 LimitExceeded: Maximum policy size of 100 bytes exceeded for user Bob"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_user_is_looked_for_before_the_document_is_read() {
        let world = world().await;
        let root = world.root();
        for (user, document, fault) in [
            (
                "ghost",
                "{",
                "404 NoSuchEntity: The user with name ghost cannot be found.",
            ),
            (
                "bob",
                "{",
                "400 MalformedPolicyDocument: Syntax errors in policy.",
            ),
            (
                "bob",
                "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
                "400 MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.",
            ),
            (
                "bob",
                "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"b\"}}",
                "400 MalformedPolicyDocument: Resource b must be in ARN format or \"*\".",
            ),
        ] {
            let put = root.ask("PutUserPolicy", &form(user, "p", document)).await;
            assert_eq!(put.fault(), fault);
        }
        let listed = root.ask("ListUserPolicies", "UserName=bob").await;
        assert!(listed.body.contains("<PolicyNames/>"), "{}", listed.body);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn policies_follow_their_user_and_keep_it_from_being_deleted() {
        let world = world().await;
        let root = world.root();
        for (action, form) in [
            ("PutUserPolicy", &*form("Bob", "p", &document(100))),
            ("UpdateUser", "UserName=Bob&NewUserName=Rob&NewPath=%2Fa%2F"),
        ] {
            assert_eq!(root.ask(action, form).await.fault(), "200");
        }
        let named = "UserName=Rob&PolicyName=p";
        assert_eq!(
            root.ask("GetUserPolicy", named).await.text("UserName"),
            "Rob"
        );
        let delete = async || root.ask("DeleteUser", "UserName=Rob").await.fault();
        assert_eq!(
            delete().await,
            "409 DeleteConflict: Cannot delete entity, must delete policies first."
        );
        // Another node knows it from the store.
        let elsewhere = world.other_node().await;
        let got = elsewhere.root().ask("GetUserPolicy", named).await;
        assert_eq!(got.fault(), "200");
        assert_eq!(root.ask("DeleteUserPolicy", named).await.fault(), "200");
        assert_eq!(delete().await, "200");
    }
}
