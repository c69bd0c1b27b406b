//! What the door asks of an installation.

use std::sync::Arc;

use keyward_authorization::{Caller, Principal, RequestContext};
use keyward_engine::{AccountHandle, CallContext, NewAccount};
use keyward_faults::Reason;
use keyward_names::{AccountId, Secret, UserId};
use keyward_operations::door::{self, TypedPasswords};
use keyward_testkit::World;

async fn world() -> (World, UserId) {
    let world = World::new().await;
    world
        .root()
        .must_all(&[
            ("CreateUser", "UserName=Bob"),
            (
                "CreateLoginProfile",
                "UserName=Bob&Password=Old-Password-1&PasswordResetRequired=true",
            ),
        ])
        .await;
    let user = world.account().await.user("Bob").unwrap().id;
    (world, user)
}

async fn handle(world: &World) -> Arc<AccountHandle> {
    let held = world.installation.account(world.account_id).await;
    held.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_user_changes_the_password_with_the_rights_of_the_user() {
    let (world, user) = world().await;
    let handle = handle(&world).await;
    let (old, new) = (
        Secret::new("Old-Password-1"),
        Secret::new("Ä&=+ %é new-2 B"),
    );
    let installation = &world.installation;
    let came = Arc::new(RequestContext::default());
    let may_change = || {
        door::may_change_password(
            installation,
            &handle.account(),
            user,
            &came,
            installation.clock().now(),
        )
    };
    let context = CallContext {
        caller: Caller::without_key(Principal::User(user)),
        request_context: Arc::clone(&came),
        handle: Arc::clone(&handle),
        installation: Arc::clone(installation),
        request_id: "",
    };
    let passwords = TypedPasswords {
        old: &old,
        new: &new,
    };
    assert!(!may_change());
    let refused = door::change_password(&context, passwords).await;
    assert!(
        refused
            .unwrap_err()
            .message()
            .unwrap()
            .contains("iam:ChangePassword")
    );

    let policy = "AllowUsersToChangePassword=true";
    world
        .root()
        .must("UpdateAccountPasswordPolicy", policy)
        .await;
    assert!(may_change());
    let changed = door::change_password(&context, passwords).await;
    assert!(changed.is_ok());
    assert!(world.is_password("Bob", new.expose()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_kept_by_todays_recipe_once_its_user_signs_in() {
    let (world, user) = world().await;
    world.rewrite_record("login_profile", "t=2", "t=3").await;
    let node = world.other_node().await;
    let handle = handle(&node).await;
    let old = handle.account().login_profile(user).unwrap().password;
    let (installation, principal) = (&node.installation, Principal::User(user));
    let today = door::renewed_recipe(installation, old.recipe).unwrap();
    assert_ne!(old.recipe, today);
    let password = Secret::new("Old-Password-1");
    let renewed = door::renew_verifier(installation, &handle, principal, password.clone(), old);
    renewed.await.unwrap();
    let before = handle.account();
    let profile = before.login_profile(user).unwrap();
    assert_eq!(profile.password.recipe, today);
    assert!(node.is_password("Bob", "Old-Password-1").await);

    // Of a password that was replaced meanwhile nothing is kept.
    let again = door::renew_verifier(installation, &handle, principal, password, old);
    again.await.unwrap();
    assert!(*before == *handle.account());
}

#[tokio::test(flavor = "multi_thread")]
async fn root_changes_the_password_that_it_knows() {
    let (world, _) = world().await;
    let handle = handle(&world).await;
    let installation = &world.installation;
    let old = installation
        .reset_root_password(world.account_id)
        .await
        .unwrap();
    let salt = handle.account().root_user().unwrap().password.unwrap();
    let change = async |old: &str, new: &str| {
        let (old, new) = (Secret::new(old), Secret::new(new));
        let passwords = TypedPasswords {
            old: &old,
            new: &new,
        };
        door::change_root_password(installation, &handle, passwords, None).await
    };
    for (old, new, reason) in [
        ("wrong", "Roots-Own-1", Reason::OldPasswordIncorrect),
        (old.expose(), old.expose(), Reason::NewPasswordIsTheOld),
    ] {
        let refused = change(old, new).await.unwrap_err();
        assert_eq!(refused.reason(), Some(&reason));
    }
    let refused = change(old.expose(), "short").await.unwrap_err();
    assert!(matches!(refused.reason(), Some(Reason::PasswordBreaks(rules)) if !rules.is_empty()));

    change(old.expose(), "Roots-Own-1").await.unwrap();
    let root = handle.account().root_user().unwrap().clone();
    assert_eq!(root.password_changed, Some(installation.clock().now()));
    assert_eq!(root.password.unwrap().recipe.salt, salt.recipe.salt);
    let again = change(old.expose(), "Roots-Own-2").await.unwrap_err();
    assert_eq!(again.reason(), Some(&Reason::OldPasswordIncorrect));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_by_alias_and_by_their_roots_address() {
    let (world, _) = world().await;
    let installation = &world.installation;
    world
        .root()
        .must("CreateAccountAlias", "AccountAlias=example")
        .await;
    let id = Some(world.account_id);
    assert_eq!(installation.account_by_alias("example").await.unwrap(), id);
    assert_eq!(installation.account_by_alias("other").await.unwrap(), None);
    for email in ["root@example.com", "Root@Example.com"] {
        assert_eq!(installation.account_by_root_email(email).await.unwrap(), id);
    }
    let other = |email: &str| NewAccount {
        id: AccountId::parse("210987654321").unwrap(),
        name: "other".to_owned(),
        root_email: email.to_owned(),
        with_root_credentials: false,
    };
    let taken = installation.create_account(other("ROOT@example.com")).await;
    assert_eq!(
        taken.unwrap_err().to_string(),
        "the e-mail address `ROOT@example.com` is that of another account's root user"
    );
    installation.end_account(world.account_id).await.unwrap();
    let found = installation.account_by_root_email("root@example.com").await;
    assert_eq!(found.unwrap(), None);
    // It is free again.
    let made = installation.create_account(other("ROOT@example.com")).await;
    assert!(made.is_ok());
}
