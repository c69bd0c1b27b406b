//! Inline policies of users.

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
    world.root().must("CreateUser", "UserName=Bob").await;
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
        let put = root.must("PutUserPolicy", &form("bob", name, text)).await;
        assert!(!put.body.contains("Result"), "{}", put.body);
        if name == "zebra" {
            let got = root
                .must("GetUserPolicy", "UserName=BOB&PolicyName=Zebra")
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
    let listed = root.must("ListUserPolicies", "UserName=bob").await;
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
    root.must("CreateUser", "UserName=Bob").await;
    assert_eq!(
        root.refused("PutUserPolicy", &form("Bob", "a", &document(101)))
            .await,
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
        let put = root
            .refused("PutUserPolicy", &form(user, "p", document))
            .await;
        assert_eq!(put, fault);
    }
    let listed = root.must("ListUserPolicies", "UserName=bob").await;
    assert!(listed.body.contains("<PolicyNames/>"), "{}", listed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_follow_their_user_and_keep_it_from_being_deleted() {
    let world = world().await;
    let root = world.root();
    root.must_all(&[
        ("PutUserPolicy", &*form("Bob", "p", &document(100))),
        ("UpdateUser", "UserName=Bob&NewUserName=Rob&NewPath=%2Fa%2F"),
    ])
    .await;
    let named = "UserName=Rob&PolicyName=p";
    assert_eq!(
        root.must("GetUserPolicy", named).await.text("UserName"),
        "Rob"
    );
    let delete = async || root.ask("DeleteUser", "UserName=Rob").await.fault();
    assert_eq!(
        delete().await,
        "409 DeleteConflict: Cannot delete entity, must delete policies first."
    );
    // Another node knows it from the store.
    let elsewhere = world.other_node().await;
    elsewhere.root().must("GetUserPolicy", named).await;
    root.must("DeleteUserPolicy", named).await;
    assert_eq!(delete().await, "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_where_a_deleted_policy_was() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let document = "%7B\"Version\":\"2012-10-17\",\"Statement\":%7B\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"%7D%7D";
    for name in ["c", "B", "a", "D"] {
        let form = format!("UserName=Bob&PolicyName={name}&PolicyDocument={document}");
        root.must("PutUserPolicy", &form).await;
    }
    let first = root
        .must("ListUserPolicies", "UserName=Bob&MaxItems=2")
        .await;
    assert_eq!(first.texts("member"), ["a", "B"]);
    assert_eq!(first.text("IsTruncated"), "true");
    root.must("DeleteUserPolicy", "UserName=Bob&PolicyName=b")
        .await;
    let form = format!("UserName=Bob&Marker={}", first.text("Marker"));
    let rest = root.must("ListUserPolicies", &form).await;
    assert_eq!(rest.texts("member"), ["c", "D"]);
    assert_eq!(rest.text("IsTruncated"), "false");
    assert_eq!(
        root.refused("ListUserPolicies", "UserName=ghost").await,
        "404 NoSuchEntity: The user with name ghost cannot be found."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_and_what_was_there_is_gone() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    for action in ["GetUserPolicy", "DeleteUserPolicy"] {
        assert_eq!(
            root.refused(action, "UserName=ghost&PolicyName=p").await,
            "404 NoSuchEntity: The user with name ghost cannot be found."
        );
        assert_eq!(
            root.refused(action, "UserName=Bob&PolicyName=p").await,
            "404 NoSuchEntity: The user policy with name p cannot be found."
        );
    }
    let document = "%7B\"Version\":\"2012-10-17\",\"Statement\":%7B\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"%7D%7D";
    for name in ["p", "q"] {
        let form = format!("UserName=Bob&PolicyName={name}&PolicyDocument={document}");
        root.must("PutUserPolicy", &form).await;
    }
    for (name, left) in [("P", vec!["q"]), ("q", vec![])] {
        let form = format!("UserName=Bob&PolicyName={name}");
        root.must("DeleteUserPolicy", &form).await;
        let listed = root.must("ListUserPolicies", "UserName=Bob").await;
        assert_eq!(listed.texts("member"), left);
        assert_eq!(root.ask("GetUserPolicy", &form).await.status, 404);
    }
}
