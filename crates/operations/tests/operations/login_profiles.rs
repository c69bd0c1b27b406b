//! Login profiles, and users who change their own passwords.

use keyward_names::Age;
use keyward_testkit::{Asker, World};

/// Bob, who has a login profile with this password.
async fn bob_with(password: &str) -> World {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let form = format!("UserName=Bob&Password={password}");
    root.must("CreateLoginProfile", &form).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_gets_one_login_profile() {
    let world = World::new().await;
    let root = world.root();
    let create = "CreateLoginProfile";
    assert_eq!(
        root.refused(create, "UserName=Bob&Password=Some-Password-1")
            .await,
        "404 NoSuchEntity: The user with name Bob cannot be found."
    );
    root.must("CreateUser", "UserName=Bob").await;
    let heard = root
        .ask(create, "UserName=bob&Password=Some-Password-1")
        .await;
    assert_eq!(
        (heard.text("UserName"), heard.text("PasswordResetRequired")),
        ("Bob", "false")
    );
    assert_eq!(
        root.refused(create, "UserName=Bob&Password=Some-Password-1")
            .await,
        "409 EntityAlreadyExists: Login Profile for user Bob already exists."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_needed_and_judged() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    for (form, fault) in [
        (
            "UserName=Bob",
            "400 ValidationError: 1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null",
        ),
        (
            "UserName=Bob&Password=root%40example.com",
            "400 PasswordPolicyViolation: Password should meet 1 more of the following requirements: Password should have at least one uppercase letter, Password should have at least one number, Password should not be the email address of the account",
        ),
    ] {
        assert_eq!(root.refused("CreateLoginProfile", form).await, fault);
    }
    assert!(
        world
            .account()
            .await
            .login_profile(world.account().await.user("Bob").unwrap().id)
            .is_none()
    );
}

async fn update(world: &World, form: &str) -> String {
    world.root().ask("UpdateLoginProfile", form).await.fault()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_place_of_the_old_one() {
    let world = bob_with("Old-Password-1").await;
    let heard = world
        .root()
        .ask(
            "UpdateLoginProfile",
            "UserName=bob&Password=SomeKindOfPassword123%21%40%23",
        )
        .await;
    assert_eq!(
        heard.body,
        "<UpdateLoginProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ResponseMetadata><RequestId>request-id</RequestId></ResponseMetadata>\
         </UpdateLoginProfileResponse>"
    );
    assert!(world.is_password("Bob", "SomeKindOfPassword123!@#").await);
    assert!(!world.is_password("Bob", "Old-Password-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_stays_as_it_was() {
    let world = bob_with("Old-Password-1").await;
    let flag = || async {
        world
            .root()
            .ask("GetLoginProfile", "UserName=Bob")
            .await
            .text("PasswordResetRequired")
            .to_owned()
    };
    assert_eq!(
        update(&world, "UserName=Bob&PasswordResetRequired=true").await,
        "200"
    );
    assert_eq!(flag().await, "true");
    assert!(world.is_password("Bob", "Old-Password-1").await);
    assert_eq!(
        update(&world, "UserName=Bob&Password=New-Password-2").await,
        "200"
    );
    assert_eq!(flag().await, "true");
    let before = world.account().await;
    assert_eq!(update(&world, "UserName=Bob").await, "200");
    assert!(
        before == world.account().await,
        "an update without members changes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_sets_its_own_date_and_leaves_the_profiles() {
    let world = bob_with("Old-Password-1").await;
    let dates = || async {
        let account = world.account().await;
        let profile = account
            .login_profile(account.user("Bob").unwrap().id)
            .unwrap()
            .clone();
        (profile.created, profile.password_changed)
    };
    let (created, _) = dates().await;
    world.installation.clock().advance(Age::days(30));
    assert_eq!(
        update(&world, "UserName=Bob&PasswordResetRequired=true").await,
        "200"
    );
    assert_eq!(dates().await, (created, created));
    assert_eq!(
        update(&world, "UserName=Bob&Password=New-Password-2").await,
        "200"
    );
    let (still_created, changed) = dates().await;
    assert_eq!(still_created, created);
    assert!(changed.since(created) >= Age::days(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_is_missing_or_wrong() {
    let world = bob_with("Old-Password-1").await;
    world.root().must("CreateUser", "UserName=Eve").await;
    for (form, fault) in [
        (
            "UserName=Nobody&Password=New-Password-2",
            "404 NoSuchEntity: The user with name Nobody cannot be found.",
        ),
        (
            "UserName=Eve&Password=New-Password-2",
            "404 NoSuchEntity: Login Profile for User Eve cannot be found.",
        ),
        (
            "UserName=Bob&Password=New1!",
            "400 PasswordPolicyViolation: Password should have a minimum length of 8",
        ),
        (
            "Password=New-Password-2",
            "400 ValidationError: 1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        assert_eq!(update(&world, form).await, fault);
    }
    assert!(world.is_password("Bob", "Old-Password-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_may_not_set_passwords_and_does_not_learn_who_exists() {
    let world = bob_with("Old-Password-1").await;
    let bob = world.user("Bob").await;
    for name in ["Bob", "Nobody"] {
        let form = format!("UserName={name}&Password=x");
        assert_eq!(
            bob.refused("UpdateLoginProfile", &form).await,
            format!(
                "403 AccessDenied: User: arn:aws:iam::123456789012:user/Bob is not authorized \
                 to perform: iam:UpdateLoginProfile on resource: user {name} because no \
                 identity-based policy allows the iam:UpdateLoginProfile action"
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_passwords_are_refused_as_far_as_the_policy_remembers() {
    let world = bob_with("Password-Number-0").await;
    for number in 1..=25 {
        let form = format!("UserName=Bob&Password=Password-Number-{number}");
        assert_eq!(update(&world, &form).await, "200");
    }
    // 24 are remembered whatever the policy was, so the rule holds from the moment it is set.
    for (remembered, refused) in [(1, 25..=25), (3, 23..=25), (24, 2..=25)] {
        let policy = format!("PasswordReusePrevention={remembered}");
        world
            .root()
            .must("UpdateAccountPasswordPolicy", &policy)
            .await;
        for number in [*refused.start(), *refused.end()] {
            let form = format!("UserName=Bob&Password=Password-Number-{number}");
            assert_eq!(
                update(&world, &form).await,
                format!(
                    "400 PasswordPolicyViolation: Password should not be one of the last {remembered} passwords used"
                )
            );
        }
    }
    assert_eq!(
        update(&world, "UserName=Bob&Password=Password-Number-1").await,
        "200"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_becomes_durable_first_judges_a_password_that_was_hashed_before() {
    let world = bob_with("Old-Password-1").await;
    let root = world.root();
    let held = world.store.hold_next();
    let asker = root.clone();
    let policy = "MinimumPasswordLength=20";
    let set = tokio::spawn(async move {
        let action = "UpdateAccountPasswordPolicy";
        asker.ask(action, policy).await.fault()
    });
    held.reached().await;
    // Judged without the policy, which is not durable yet.
    let form = "UserName=Bob&Password=New-Password-2";
    let updated = root.queue("UpdateLoginProfile", form).await;
    held.let_go();
    assert_eq!(set.await.unwrap(), "200");
    assert_eq!(
        updated.await.unwrap(),
        "400 PasswordPolicyViolation: Password should have a minimum length of 20"
    );
    assert!(world.is_password("Bob", "Old-Password-1").await);
}

#[test]
fn faults_of_the_model_have_their_form() {
    use keyward_api::{FaultCode, Operation as _, iam::operations::UpdateLoginProfile};
    let told = |fault: keyward_faults::Fault| {
        assert!(
            UpdateLoginProfile::FAULTS.contains(&fault.code()),
            "{fault}"
        );
        let reply = keyward_engine::fault_reply(keyward_engine::Format::Xml, "ns", fault, "id");
        format!("{} {}", reply.status, reply.body)
    };
    assert_eq!(
        told(keyward_faults::fault::login_profile_temporarily_unmodifiable("Bob")),
        "409 <ErrorResponse xmlns=\"ns\"><Error><Type>Sender</Type>\
         <Code>EntityTemporarilyUnmodifiable</Code><Message>Login Profile for User Bob cannot \
         be modified while login profile is being created.</Message></Error>\
         <RequestId>id</RequestId></ErrorResponse>"
    );
    assert_eq!(
        told(keyward_faults::fault::quota_exceeded(
            "LoginProfilesPerUser",
            1
        )),
        "409 <ErrorResponse xmlns=\"ns\"><Error><Type>Sender</Type><Code>LimitExceeded</Code>\
         <Message>Cannot exceed quota for LoginProfilesPerUser: 1</Message></Error>\
         <RequestId>id</RequestId></ErrorResponse>"
    );
    assert!(UpdateLoginProfile::FAULTS.contains(&FaultCode::PasswordPolicyViolation));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_begins_a_new_age() {
    let world = bob_with("Old-Password-1").await;
    let standing = async || {
        let account = world.account().await;
        let profile = account
            .login_profile(account.user("Bob").unwrap().id)
            .unwrap()
            .clone();
        let now = world.installation.clock().now();
        format!(
            "{:?}",
            profile.password_standing(account.password_policy(), now)
        )
    };
    let pass_days = |days| {
        world.installation.clock().advance(Age::days(days));
    };
    pass_days(89);
    let policy = "MaxPasswordAge=90";
    world
        .root()
        .must("UpdateAccountPasswordPolicy", policy)
        .await;
    assert_eq!(standing().await, "Good");
    pass_days(1);
    assert_eq!(standing().await, "Expired");
    let policy = "MaxPasswordAge=90&HardExpiry=true";
    world
        .root()
        .must("UpdateAccountPasswordPolicy", policy)
        .await;
    assert_eq!(standing().await, "ExpiredForGood");
    assert_eq!(
        update(&world, "UserName=Bob&PasswordResetRequired=true").await,
        "200"
    );
    assert_eq!(standing().await, "ExpiredForGood");
    assert_eq!(
        update(&world, "UserName=Bob&Password=New-Password-2").await,
        "200"
    );
    assert_eq!(standing().await, "Good");
    pass_days(90);
    assert_eq!(standing().await, "ExpiredForGood");
    world.root().must("DeleteAccountPasswordPolicy", "").await;
    assert_eq!(standing().await, "Good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_changes_at_each_try_makes_the_profile_unmodifiable_for_now() {
    let world = bob_with("Old-Password-1").await;
    let other_node = world.other_node().await;
    let tries = [(); 3].map(|()| world.store.hold_next());
    let root = world.root();
    let form = "UserName=Bob&Password=New-Password-2";
    let updated = tokio::spawn(async move { root.ask("UpdateLoginProfile", form).await.fault() });
    for (held, policy) in
        tries
            .iter()
            .zip(["MaxPasswordAge=1", "MaxPasswordAge=2", "MaxPasswordAge=3"])
    {
        held.reached().await;
        // This node learns of the policy when its commit meets a conflict.
        let other_root = other_node.root();
        other_root.must("UpdateAccountPasswordPolicy", policy).await;
        held.let_go();
    }
    assert_eq!(
        updated.await.unwrap(),
        "409 EntityTemporarilyUnmodifiable: Login Profile for User Bob cannot be modified \
         while login profile is being created."
    );
    assert!(world.is_password("Bob", "Old-Password-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_cannot_be_hashed_is_our_failure() {
    let world = bob_with("Old-Password-1").await;
    // A remembered password that was made with a pepper this installation does not have.
    world
        .rewrite_record("login_profile", "keyid=1", "keyid=2")
        .await;
    let node = world.other_node().await;
    assert_eq!(
        update(&node, "UserName=Bob&Password=New-Password-2").await,
        "500 ServiceFailure: "
    );
}

/// Bob, who may change his password and must do so at the next sign-in.
async fn bob_who_may_change() -> (World, Asker) {
    let world = World::new().await;
    for (action, form) in [
        ("CreateUser", "UserName=Bob"),
        (
            "CreateLoginProfile",
            "UserName=Bob&Password=Old-Password-1&PasswordResetRequired=true",
        ),
        (
            "UpdateAccountPasswordPolicy",
            "AllowUsersToChangePassword=true&RequireNumbers=true",
        ),
    ] {
        world.root().must(action, form).await;
    }
    let bob = world.user("Bob").await;
    (world, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_old_password_sets_the_new_one_and_ends_the_forced_reset() {
    let (world, bob) = bob_who_may_change().await;
    let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
    bob.must("ChangePassword", form).await;
    let profile = world.root().ask("GetLoginProfile", "UserName=Bob").await;
    assert_eq!(profile.text("PasswordResetRequired"), "false");
    assert_eq!(
        bob.refused("ChangePassword", form).await,
        "403 AccessDenied: The old password was incorrect."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_leave_the_password() {
    let (world, bob) = bob_who_may_change().await;
    for (form, fault) in [
        (
            "OldPassword=wrong&NewPassword=New-Password-2",
            "403 AccessDenied: The old password was incorrect.",
        ),
        (
            "OldPassword=Old-Password-1&NewPassword=Old-Password-1",
            "403 AccessDenied: The new password must differ from the old password.",
        ),
        (
            "OldPassword=Old-Password-1&NewPassword=abcdef",
            "400 PasswordPolicyViolation: Password should have at least one number",
        ),
    ] {
        let before = world.account().await;
        assert_eq!(bob.refused("ChangePassword", form).await, fault);
        assert!(before == world.account().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_the_old_password_is_held_back_for_a_while() {
    let (world, bob) = bob_who_may_change().await;
    let wrong = "OldPassword=wrong&NewPassword=New-Password-2";
    let held_back = "409 LimitExceeded: Too many attempts with an incorrect old password. Try \
                     again later.";
    let incorrect = "403 AccessDenied: The old password was incorrect.";
    // Until the wait is long enough for a slow machine not to sit it out.
    for _ in 0..36 {
        world.installation.clock().advance(Age::seconds(30));
        assert_eq!(bob.ask("ChangePassword", wrong).await.fault(), incorrect);
    }
    let right = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
    assert_eq!(bob.ask("ChangePassword", right).await.fault(), held_back);
    world.installation.clock().advance(Age::seconds(30));
    bob.must("ChangePassword", right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_user_with_a_login_profile_and_the_right() {
    let (world, bob) = bob_who_may_change().await;
    let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
    assert_eq!(
        world.root().refused("ChangePassword", form).await,
        "400 InvalidUserType: Only IAM Users can change their own password."
    );
    world
        .root()
        .must("DeleteLoginProfile", "UserName=Bob")
        .await;
    assert_eq!(
        bob.refused("ChangePassword", form).await,
        "404 NoSuchEntity: Login Profile for User Bob cannot be found."
    );
    world.root().must("DeleteAccountPasswordPolicy", "").await;
    assert_eq!(
        bob.refused("ChangePassword", form).await,
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/Bob is not authorized to \
         perform: iam:ChangePassword on resource: user Bob because no identity-based policy allows the iam:ChangePassword action"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_duration_of_sign_in_sessions_is_set_and_reset_by_itself() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let form = "UserName=Bob&Password=Old-Password-1&PasswordResetRequired=true&MaxSigninSessionDuration=3600";
    let made = root.ask("CreateLoginProfile", form).await;
    assert_eq!(made.text("MaxSigninSessionDuration"), "3600");
    let shown = async || root.ask("GetLoginProfile", "UserName=Bob").await;
    let profile = async || {
        let account = world.account().await;
        let bob = account.user("Bob").unwrap().id;
        account.login_profile(bob).unwrap().clone()
    };
    let before = profile().await;
    for (form, shows) in [
        ("MaxSigninSessionDuration=7776000", Some("7776000")),
        ("PasswordResetRequired=true", Some("7776000")),
        ("ResetMaxSigninSessionDuration=false", Some("7776000")),
        (
            "ResetMaxSigninSessionDuration=false&MaxSigninSessionDuration=7200",
            Some("7200"),
        ),
        ("ResetMaxSigninSessionDuration=true", None),
        ("ResetMaxSigninSessionDuration=true", None),
    ] {
        root.must("UpdateLoginProfile", &format!("UserName=Bob&{form}"))
            .await;
        let heard = shown().await;
        assert_eq!(
            heard.texts("MaxSigninSessionDuration").first().copied(),
            shows,
            "{form}"
        );
        assert_eq!(heard.text("PasswordResetRequired"), "true", "{form}");
    }
    let after = profile().await;
    assert_eq!(
        (after.password, after.password_changed),
        (before.password, before.password_changed)
    );
    for (form, fault) in [
        (
            "MaxSigninSessionDuration=3600&ResetMaxSigninSessionDuration=true",
            "400 InvalidInput: MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true.",
        ),
        (
            "MaxSigninSessionDuration=3599",
            "400 ValidationError: 1 validation error detected: Value at 'maxSigninSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
        ),
        (
            "MaxSigninSessionDuration=7776001",
            "400 ValidationError: 1 validation error detected: Value at 'maxSigninSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 7776000",
        ),
    ] {
        let form = format!("UserName=Bob&{form}");
        assert_eq!(update(&world, &form).await, fault);
    }
    assert_eq!(profile().await, after);
}
