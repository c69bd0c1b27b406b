//! What holds after any sequence of operations.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use keyward_account::Account;
use keyward_store::{Changes, Store as _, Version};
use keyward_testkit::World;
use proptest::prelude::*;

/// An operation and its form, over few names so that they meet.
#[derive(Debug, Clone)]
struct Step {
    action: &'static str,
    form: String,
}

fn step(action: &'static str, form: String) -> Step {
    Step { action, form }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Bob"),
        Just("bob"),
        Just("Alice"),
        Just("al"),
        Just("x".repeat(64).leak() as &str)
    ]
}

fn password() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("Right-Password-1"),
        Just("Right-Password-2"),
        Just("short"),
        Just("lowercaseonly")
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (name(), prop_oneof![Just(""), Just("&Path=/a/"), Just("&Tags.member.1.Key=k&Tags.member.1.Value=")])
            .prop_map(|(name, more)| step("CreateUser", format!("UserName={name}{more}"))),
        2 => name().prop_map(|name| step("DeleteUser", format!("UserName={name}"))),
        3 => (name(), name()).prop_map(|(from, to)| step("UpdateUser", format!("UserName={from}&NewUserName={to}"))),
        1 => name().prop_map(|name| step("UpdateUser", format!("UserName={name}&NewPath=/b/c/"))),
        2 => (name(), 0..3_u8).prop_map(|(name, key)| step("TagUser", format!("UserName={name}&Tags.member.1.Key=K{key}&Tags.member.1.Value=v"))),
        1 => (name(), 0..3_u8).prop_map(|(name, key)| step("UntagUser", format!("UserName={name}&TagKeys.member.1=k{key}"))),
        3 => (name(), password()).prop_map(|(name, password)| step("CreateLoginProfile", format!("UserName={name}&Password={password}"))),
        3 => (name(), password()).prop_map(|(name, password)| step("UpdateLoginProfile", format!("UserName={name}&Password={password}"))),
        1 => (name(), any::<bool>()).prop_map(|(name, flag)| step("UpdateLoginProfile", format!("UserName={name}&PasswordResetRequired={flag}"))),
        2 => name().prop_map(|name| step("DeleteLoginProfile", format!("UserName={name}"))),
        2 => name().prop_map(|name| step("CreateAccessKey", format!("UserName={name}"))),
        1 => Just(step("CreateAccessKey", String::new())),
        1 => (0..3_u8).prop_map(|reuse| step("UpdateAccountPasswordPolicy", if reuse == 0 { "MinimumPasswordLength=20".into() } else { format!("PasswordReusePrevention={reuse}") })),
        1 => Just(step("DeleteAccountPasswordPolicy", String::new())),
        1 => prop_oneof![Just("corp"), Just("corp2"), Just("-bad")].prop_map(|alias| step("CreateAccountAlias", format!("AccountAlias={alias}"))),
        3 => (name(), 0..3_u8, 0..4_u8).prop_map(|(name, policy, size)| step("PutUserPolicy", put_policy(name, policy, size))),
        2 => (name(), 0..3_u8).prop_map(|(name, policy)| step("DeleteUserPolicy", format!("UserName={name}&PolicyName=P{policy}"))),
        1 => Just(step("DeleteAccountAlias", "AccountAlias=corp".to_owned())),
    ]
}

/// Documents of which some fit together and some don't.
fn put_policy(user: &str, policy: u8, size: u8) -> String {
    let action = "x".repeat(usize::from(size) * 500);
    let document = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:{action}", "Resource": "*"}}}}"#
    );
    format!("UserName={user}&PolicyName=p{policy}&PolicyDocument={document}")
}

async fn replayed(world: &World) -> Account {
    let changes = world
        .store
        .changes(world.account_id, Version::NONE)
        .await
        .unwrap();
    let Changes::Entries(entries) = changes else {
        panic!("the log is not kept from its beginning")
    };
    let mut account = Account::empty(world.account_id);
    for entry in entries {
        for write in &entry.writes {
            let change = match &write.body {
                Some(body) => keyward_account::Change::Put(
                    keyward_account::Record::from_row(&write.kind, &write.key, body).unwrap(),
                ),
                None => keyward_account::Change::Delete(
                    keyward_account::RecordKey::from_row(&write.kind, &write.key).unwrap(),
                ),
            };
            account.apply(&change);
        }
        account.set_version(entry.version.number());
    }
    account
}

async fn check(steps: Vec<Step>) {
    let world = World::new().await;
    // Most steps need someone to be about.
    let begin = [
        step("CreateUser", "UserName=Bob".to_owned()),
        step(
            "CreateLoginProfile",
            "UserName=Bob&Password=Right-Password-1".to_owned(),
        ),
        step("CreateUser", "UserName=Alice".to_owned()),
    ];
    for Step { action, form } in begin.into_iter().chain(steps) {
        let before = world.account().await;
        let heard = world.root().ask(action, &form).await;
        let after = world.account().await;
        assert_eq!(
            after.broken_invariants(),
            Vec::<String>::new(),
            "after {action} {form}"
        );
        assert!(
            [200, 400, 404, 409].contains(&heard.status),
            "{action} {form}: {}",
            heard.body
        );
        if heard.status != 200 {
            assert!(
                before == after,
                "{action} {form} was refused and changed something"
            );
        }
    }
    let now = world.account().await;
    assert!(
        replayed(&world).await == *now,
        "the log does not lead to the account"
    );
    let loaded = world.other_node().await.account().await;
    assert!(loaded == now, "the records are not the account");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_a_refusal_changes_nothing_and_the_log_replays(
        steps in proptest::collection::vec(any_step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(check(steps));
    }
}
