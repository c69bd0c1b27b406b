//! The commit rules, seen from outside: operations over a store whose commits fail or wait when a
//! test says so.

use std::sync::Arc;

use keyward_names::AccountId;
use keyward_testkit::{Asker, Trouble, World};
use tokio::task::JoinHandle;

const UNAVAILABLE: &str = "503 ServiceUnavailable: Service Unavailable";
const NOBODY: [&str; 0] = [];

/// The names of the account's users.
async fn names(world: &World) -> Vec<String> {
    let users = world.root().must("ListUsers", "").await;
    users
        .texts("UserName")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Asks for a change whose commit the store was told to hold.
fn begin(asker: &Asker, action: &'static str, form: &'static str) -> JoinHandle<String> {
    let asker = asker.clone();
    tokio::spawn(async move { asker.ask(action, form).await.fault() })
}

/// The answers, in the order of the calls.
async fn answers(asked: Vec<JoinHandle<String>>) -> Vec<String> {
    let mut answers = Vec::new();
    for asked in asked {
        answers.push(asked.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn closures_that_queue_behind_a_commit_become_durable_together_in_their_order() {
    let world = World::new().await;
    let root = world.root();
    let before = world.store.commits().len();
    let held = world.store.hold_next();
    let mut asked = vec![begin(&root, "CreateUser", "UserName=first")];
    held.reached().await;
    for number in 0..19 {
        let form = format!("UserName=u{number:02}");
        asked.push(root.queue("CreateUser", &form).await);
    }
    assert_eq!(
        names(&world).await,
        NOBODY,
        "nothing is seen before it is durable"
    );
    held.let_go();
    assert_eq!(answers(asked).await, ["200"; 20]);
    assert_eq!(names(&world).await.len(), 20);
    assert_eq!(world.store.commits().split_off(before), [1, 19]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_a_batch_fails_only_its_caller() {
    let world = World::new().await;
    let root = world.root();
    let held = world.store.hold_next();
    let mut asked = vec![begin(&root, "CreateUser", "UserName=first")];
    held.reached().await;
    for form in ["UserName=a", "UserName=A", "UserName=b"] {
        asked.push(root.queue("CreateUser", form).await);
    }
    held.let_go();
    let refused = "409 EntityAlreadyExists: User with name A already exists.";
    assert_eq!(answers(asked).await, ["200", "200", refused, "200"]);
    assert_eq!(names(&world).await, ["a", "b", "first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_store_fails_every_caller_of_the_batch_is_told_and_nothing_is_seen() {
    let world = World::new().await;
    world.store.trouble_next([Trouble::Unavailable]);
    assert_eq!(
        world.root().refused("CreateUser", "UserName=Bob").await,
        UNAVAILABLE
    );
    assert_eq!(names(&world).await, NOBODY);
    world.root().must("CreateUser", "UserName=Bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_seen_by_the_next_change() {
    let world = World::new().await;
    world.store.trouble_next([Trouble::AnswerLost]);
    assert_eq!(
        world.root().refused("CreateUser", "UserName=Bob").await,
        UNAVAILABLE
    );
    assert_eq!(
        world.root().refused("CreateUser", "UserName=Bob").await,
        "409 EntityAlreadyExists: User with name Bob already exists."
    );
    assert_eq!(names(&world).await, ["Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_on_one_store_take_in_what_the_other_changed() {
    let one = World::new().await;
    let two = one.other_node().await;
    one.root().must("CreateUser", "UserName=Alice").await;
    two.root().must("CreateUser", "UserName=Bob").await;
    // `one` has not heard of Bob: its next commit meets a conflict, and is judged on the newest state.
    assert_eq!(
        one.root().refused("CreateUser", "UserName=BOB").await,
        "409 EntityAlreadyExists: User with name BOB already exists."
    );
    assert_eq!(names(&one).await, ["Alice", "Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_deactivated_meanwhile_changes_nothing() {
    let one = World::new().await;
    let form = "AllowUsersToChangePassword=true";
    one.root().must("UpdateAccountPasswordPolicy", form).await;
    for (action, form) in [
        ("CreateUser", "UserName=Bob"),
        ("CreateLoginProfile", "UserName=Bob&Password=Old-Password-1"),
    ] {
        one.root().must(action, form).await;
    }
    let bob = one.user("Bob").await;
    let key = one
        .root()
        .ask("ListAccessKeys", "UserName=Bob")
        .await
        .text("AccessKeyId")
        .to_owned();
    let two = one.other_node().await;
    let form = format!("UserName=Bob&AccessKeyId={key}&Status=Inactive");
    two.root().must("UpdateAccessKey", &form).await;
    // Node one still believes the key; its commit finds out.
    let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
    assert_eq!(
        bob.refused("ChangePassword", form).await,
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_belongs_to_one_account_and_only_the_loser_is_refused() {
    let world = World::new().await;
    let other = AccountId::parse("210987654321").unwrap();
    world.create_account(other, "other").await;
    let create = "CreateAccountAlias";
    world.root().must(create, "AccountAlias=corp").await;
    assert_eq!(
        world
            .root_of(other)
            .refused(create, "AccountAlias=corp")
            .await,
        "409 EntityAlreadyExists: The account alias corp already exists."
    );
    world.root().must(create, "AccountAlias=corp2").await;
    world.root_of(other).must(create, "AccountAlias=corp").await;
    assert_eq!(
        world
            .root()
            .ask("ListAccountAliases", "")
            .await
            .texts("member"),
        ["corp2"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_alias_fails_nobody_who_queued_before_it() {
    let world = World::new().await;
    let other = AccountId::parse("210987654321").unwrap();
    world.create_account(other, "other").await;
    let alias = "AccountAlias=corp";
    world.root_of(other).must("CreateAccountAlias", alias).await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let held = world.store.hold_next();
    let mut asked = vec![begin(&root, "CreateUser", "UserName=first")];
    held.reached().await;
    for (action, form) in [
        ("UpdateUser", "UserName=Bob"),
        ("DeleteUser", "UserName=Nobody"),
        ("CreateAccountAlias", alias),
        ("UpdateUser", "UserName=Bob&NewUserName=Rob"),
    ] {
        asked.push(root.queue(action, form).await);
    }
    held.let_go();
    assert_eq!(
        answers(asked).await,
        [
            "200",
            "200",
            "404 NoSuchEntity: The user with name Nobody cannot be found.",
            "409 EntityAlreadyExists: The account alias corp already exists.",
            "200",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_is_renamed_meanwhile_keeps_its_rights() {
    let world = World::new().await;
    let root = world.root();
    for (action, form) in [
        (
            "UpdateAccountPasswordPolicy",
            "AllowUsersToChangePassword=true",
        ),
        ("CreateUser", "UserName=Bob"),
        (
            "CreateLoginProfile",
            "UserName=Bob&Password=Password-Number-0",
        ),
    ] {
        root.must(action, form).await;
    }
    let bob = world.user("Bob").await;
    for (from, to, old, new) in [
        ("Bob", "Rob", "Password-Number-0", "Password-Number-1"),
        ("Rob", "Bob", "Password-Number-1", "Password-Number-2"),
    ] {
        let held = world.store.hold_next();
        let first = begin(&root, "CreateGroup", "GroupName=Crew");
        held.reached().await;
        let rename = format!("UserName={from}&NewUserName={to}");
        let renamed = root.queue("UpdateUser", &rename).await;
        // Allowed under the old name, and made durable after the rename.
        let form = format!("OldPassword={old}&NewPassword={new}");
        let changed = bob.queue("ChangePassword", &form).await;
        held.let_go();
        assert_eq!(answers(vec![first, renamed, changed]).await, ["200"; 3]);
        root.must("DeleteGroup", "GroupName=Crew").await;
        assert!(world.is_password(to, new).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_an_account_that_was_ended() {
    let world = World::new().await;
    let root = world.root();
    let held = world.store.hold_next();
    let installation = Arc::clone(&world.installation);
    let id = world.account_id;
    let ending = tokio::spawn(async move { installation.end_account(id).await.is_ok() });
    held.reached().await;
    let late = root.queue("CreateUser", "UserName=Bob").await;
    held.let_go();
    assert!(ending.await.unwrap());
    assert_eq!(
        late.await.unwrap(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
    world.create_account(id, "again").await;
    assert_eq!(names(&world).await, NOBODY);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_just_made_is_found_whoever_looked_before() {
    for number in 0..50_u64 {
        let world = World::new().await;
        let id = AccountId::from_number(500_000_000_000 + number).unwrap();
        let mut looking = Vec::new();
        for _ in 0..8 {
            let installation = Arc::clone(&world.installation);
            looking.push(tokio::spawn(async move {
                let _ = installation.account(id).await;
            }));
        }
        world.create_account(id, "new").await;
        for looking in looking {
            looking.await.unwrap();
        }
        assert!(
            world.installation.account(id).await.unwrap().is_some(),
            "round {number}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_completes_when_its_caller_goes_away() {
    let world = World::new().await;
    let root = world.root();
    let held = world.store.hold_next();
    let asked = begin(&root, "CreateUser", "UserName=Bob");
    held.reached().await;
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    held.let_go();
    // Its turn comes after the first change.
    root.must("CreateUser", "UserName=Eve").await;
    assert_eq!(names(&world).await, ["Bob", "Eve"]);
}
