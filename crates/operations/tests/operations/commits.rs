//! The commit rules, asked for from outside: by operations over a store that is told what befalls
//! the commits.
#![expect(
    clippy::disallowed_methods,
    reason = "changes queue behind one another, and nothing tells yet when they do"
)]

use std::sync::Arc;

use keyward_names::AccountId;
use keyward_testkit::{Trouble, World};
use tokio::sync::Notify;

const UNAVAILABLE: &str = "503 ServiceUnavailable: Service Unavailable";

async fn names(world: &World) -> Vec<String> {
    let heard = world.root().ask("ListUsers", "").await;
    heard
        .texts("UserName")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn closures_that_queue_behind_a_commit_become_durable_together_in_their_order() {
    let world = World::new().await;
    let let_go = Arc::new(Notify::new());
    let before = world.store.commits().len();
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let mut asked = Vec::new();
    for number in 0..20 {
        let root = world.root();
        asked.push(tokio::spawn(async move {
            root.ask("CreateUser", &format!("UserName=u{number:02}"))
                .await
                .fault()
        }));
        // Arrival order is what is tested, so each must have arrived.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(
        names(&world).await,
        Vec::<String>::new(),
        "nothing is seen before it is durable"
    );
    let_go.notify_one();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), "200");
    }
    assert_eq!(names(&world).await.len(), 20);
    assert_eq!(world.store.commits().split_off(before), [1, 19]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_a_batch_fails_only_its_caller() {
    let world = World::new().await;
    let let_go = Arc::new(Notify::new());
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let ask = |form: &'static str| {
        let root = world.root();
        tokio::spawn(async move { root.ask("CreateUser", form).await.fault() })
    };
    let mut asked = vec![ask("UserName=first")];
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    for form in ["UserName=a", "UserName=A", "UserName=b"] {
        asked.push(ask(form));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let_go.notify_one();
    let mut heard = Vec::new();
    for asked in asked {
        heard.push(asked.await.unwrap());
    }
    let refused = "409 EntityAlreadyExists: User with name A already exists.";
    assert_eq!(heard, ["200", "200", refused, "200"]);
    assert_eq!(names(&world).await, ["a", "b", "first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_store_fails_every_caller_of_the_batch_is_told_and_nothing_is_seen() {
    let world = World::new().await;
    world.store.trouble_next([Trouble::Unavailable]);
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.fault(),
        UNAVAILABLE
    );
    assert_eq!(names(&world).await, Vec::<String>::new());
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.fault(),
        "200"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_seen_by_the_next_change() {
    let world = World::new().await;
    world.store.trouble_next([Trouble::AnswerLost]);
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.fault(),
        UNAVAILABLE
    );
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.fault(),
        "409 EntityAlreadyExists: User with name Bob already exists."
    );
    assert_eq!(names(&world).await, ["Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_on_one_store_take_in_what_the_other_changed() {
    let one = World::new().await;
    let two = one.other_node().await;
    assert_eq!(
        one.root().ask("CreateUser", "UserName=Alice").await.fault(),
        "200"
    );
    assert_eq!(
        two.root().ask("CreateUser", "UserName=Bob").await.fault(),
        "200"
    );
    // `one` has not heard of Bob: its next commit meets a conflict, and is judged on the newest state.
    assert_eq!(
        one.root().ask("CreateUser", "UserName=BOB").await.fault(),
        "409 EntityAlreadyExists: User with name BOB already exists."
    );
    assert_eq!(names(&one).await, ["Alice", "Bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_deactivated_meanwhile_changes_nothing() {
    let one = World::new().await;
    let form = "AllowUsersToChangePassword=true";
    assert_eq!(
        one.root()
            .ask("UpdateAccountPasswordPolicy", form)
            .await
            .fault(),
        "200"
    );
    for (action, form) in [
        ("CreateUser", "UserName=Bob"),
        ("CreateLoginProfile", "UserName=Bob&Password=Old-Password-1"),
    ] {
        assert_eq!(one.root().ask(action, form).await.fault(), "200");
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
    assert_eq!(
        two.root().ask("UpdateAccessKey", &form).await.fault(),
        "200"
    );
    // Node one still believes the key; its commit finds out.
    let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
    assert_eq!(
        bob.ask("ChangePassword", form).await.fault(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_belongs_to_one_account_and_only_the_loser_is_refused() {
    let world = World::new().await;
    let other = AccountId::parse("210987654321").unwrap();
    world.create_account(other, "other").await;
    let create = "CreateAccountAlias";
    assert_eq!(
        world.root().ask(create, "AccountAlias=corp").await.fault(),
        "200"
    );
    assert_eq!(
        world
            .root_of(other)
            .ask(create, "AccountAlias=corp")
            .await
            .fault(),
        "409 EntityAlreadyExists: The account alias corp already exists."
    );
    assert_eq!(
        world.root().ask(create, "AccountAlias=corp2").await.fault(),
        "200"
    );
    assert_eq!(
        world
            .root_of(other)
            .ask(create, "AccountAlias=corp")
            .await
            .fault(),
        "200"
    );
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
    let heard = world
        .root_of(other)
        .ask("CreateAccountAlias", "AccountAlias=corp")
        .await;
    assert_eq!(heard.status, 200);
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.status,
        200
    );
    let let_go = Arc::new(Notify::new());
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let mut asked = Vec::new();
    for (action, form) in [
        ("CreateUser", "UserName=first"),
        ("UpdateUser", "UserName=Bob"),
        ("DeleteUser", "UserName=Nobody"),
        ("CreateAccountAlias", "AccountAlias=corp"),
        ("UpdateUser", "UserName=Bob&NewUserName=Rob"),
    ] {
        let root = world.root();
        asked.push(tokio::spawn(
            async move { root.ask(action, form).await.fault() },
        ));
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let_go.notify_one();
    let mut heard = Vec::new();
    for asked in asked {
        heard.push(asked.await.unwrap());
    }
    assert_eq!(
        heard,
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
        assert_eq!(root.ask(action, form).await.fault(), "200");
    }
    let bob = world.user("Bob").await;
    for number in 0..5 {
        let (from, to) = if number % 2 == 0 {
            ("Bob", "Rob")
        } else {
            ("Rob", "Bob")
        };
        let asker = bob.clone();
        let changing = tokio::spawn(async move {
            let form = format!(
                "OldPassword=Password-Number-{number}&NewPassword=Password-Number-{}",
                number + 1
            );
            asker.ask("ChangePassword", &form).await.fault()
        });
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        let form = format!("UserName={from}&NewUserName={to}");
        assert_eq!(root.ask("UpdateUser", &form).await.fault(), "200");
        assert_eq!(changing.await.unwrap(), "200");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_into_an_account_that_was_ended() {
    let world = World::new().await;
    let let_go = Arc::new(Notify::new());
    let installation = Arc::clone(&world.installation);
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let id = world.account_id;
    let ending = tokio::spawn(async move { installation.end_account(id).await.is_ok() });
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let root = world.root();
    let late = tokio::spawn(async move { root.ask("CreateUser", "UserName=Bob").await.fault() });
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let_go.notify_one();
    assert!(ending.await.unwrap());
    assert_eq!(
        late.await.unwrap(),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
    world.create_account(id, "again").await;
    assert_eq!(names(&world).await, Vec::<String>::new());
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
    let let_go = Arc::new(Notify::new());
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let root = world.root();
    let asked = tokio::spawn(async move { root.ask("CreateUser", "UserName=Bob").await.fault() });
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    asked.abort();
    let_go.notify_one();
    for _ in 0..100 {
        if !names(&world).await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the user was not made");
}
