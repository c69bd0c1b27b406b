//! `PasswordLastUsed`, as users are shown.

use keyward_authorization::Principal;
use keyward_operations::door;
use keyward_testkit::{Answer, World};

/// Bob and Carol have passwords, Dave has none.
async fn world() -> World {
    let world = World::new().await;
    let root = world.root();
    for name in ["Bob", "Carol", "Dave"] {
        root.must("CreateUser", &format!("UserName={name}")).await;
    }
    for name in ["Bob", "Carol"] {
        let form = format!("UserName={name}&Password=Some-Password-1");
        root.must("CreateLoginProfile", &form).await;
    }
    world
}

/// A sign-in at another node, which wrote its notes since.
async fn sign_in_elsewhere(world: &World, principal: Principal) -> String {
    let (node, now) = (world.other_node().await, world.installation.clock().now());
    node.installation.clock().set(now);
    node.installation
        .note_password_use(world.account_id, principal)
        .await;
    node.installation.write_uses().await.unwrap();
    if let Principal::User(user) = principal {
        let held = world.installation.account(world.account_id).await;
        let handle = held.unwrap().unwrap();
        let marked = door::mark_password_used(&handle, user).await;
        marked.unwrap();
    }
    now.to_string()
}

async fn principal(world: &World, name: &str) -> Principal {
    Principal::User(world.account().await.user(name).unwrap().id)
}

async fn get(world: &World, form: &str) -> Answer {
    world.root().must("GetUser", form).await
}

async fn list(world: &World) -> Answer {
    let heard = world.root().must("ListUsers", "").await;
    assert_eq!(heard.texts("UserName"), ["Bob", "Carol", "Dave"]);
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_shown_with_the_last_use_of_the_password_while_there_is_one() {
    let world = world().await;
    let never = "<PasswordLastUsed>";
    assert!(!get(&world, "UserName=Bob").await.body.contains(never));
    assert!(!list(&world).await.body.contains(never));

    let used = sign_in_elsewhere(&world, principal(&world, "Carol").await).await;
    let carol = get(&world, "UserName=carol").await;
    assert_eq!(carol.texts("PasswordLastUsed"), [used.as_str()]);
    let everyone = list(&world).await;
    let (_, from_carol) = everyone.body.split_once("Carol").unwrap();
    let (carol, dave) = from_carol.split_once("Dave").unwrap();
    assert!(carol.contains(&format!("<PasswordLastUsed>{used}</PasswordLastUsed>")));
    assert_eq!(everyone.texts("PasswordLastUsed").len(), 1, "{dave}");
    assert!(!get(&world, "UserName=Bob").await.body.contains(never));

    // Someone without a password has no last use of it, nor has one who never used the new one.
    let root = world.root();
    root.must("DeleteLoginProfile", "UserName=Carol").await;
    assert!(!get(&world, "UserName=Carol").await.body.contains(never));
    assert!(!list(&world).await.body.contains(never));
    let form = "UserName=Carol&Password=Some-Password-2";
    root.must("CreateLoginProfile", form).await;
    assert!(!get(&world, "UserName=Carol").await.body.contains(never));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_user_is_shown_with_the_last_use_of_its_password() {
    let world = world().await;
    let used = sign_in_elsewhere(&world, Principal::Root).await;
    // It has no password yet.
    assert_eq!(get(&world, "").await.text("PasswordLastUsed"), "");
    let reset = world.installation.reset_root_password(world.account_id);
    reset.await.unwrap();
    assert_eq!(get(&world, "").await.text("PasswordLastUsed"), used);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_is_asked_once_for_a_page_and_never_for_those_without_a_password() {
    let world = world().await;
    let asked = world.store.uses_asked();
    get(&world, "").await;
    get(&world, "UserName=Bob").await;
    list(&world).await;
    assert_eq!(world.store.uses_asked(), asked, "nobody signed in yet");
    for name in ["Bob", "Carol"] {
        sign_in_elsewhere(&world, principal(&world, name).await).await;
    }
    let asked = world.store.uses_asked();
    get(&world, "UserName=Dave").await;
    world.root().must("ListUsers", "PathPrefix=%2Fnobody").await;
    assert_eq!(world.store.uses_asked(), asked);
    list(&world).await;
    assert_eq!(world.store.uses_asked(), asked + 1);
    get(&world, "UserName=Bob").await;
    assert_eq!(world.store.uses_asked(), asked + 2);
    for name in ["Bob", "Carol"] {
        let form = format!("UserName={name}");
        world.root().must("DeleteLoginProfile", &form).await;
    }
    list(&world).await;
    assert_eq!(world.store.uses_asked(), asked + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_shown_even_while_the_store_is_away() {
    let world = world().await;
    sign_in_elsewhere(&world, principal(&world, "Bob").await).await;
    world.store.set_away(true);
    assert_eq!(get(&world, "UserName=Bob").await.text("UserName"), "Bob");
    assert_eq!(list(&world).await.text("PasswordLastUsed"), "");
    world.store.set_away(false);
    assert_ne!(list(&world).await.text("PasswordLastUsed"), "");
}
