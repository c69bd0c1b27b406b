//! Sessions that users make of their own rights: `GetSessionToken` and `GetFederationToken`.

use keyward_testkit::{Answer, Asker, World, form, policy_document};

use super::{
    BOB, NO_TOKEN, ROOT, allowing, assume, create_policy, create_role, denied, denying, identity,
    in_role, opened, role_arn, trusting, world,
};

const ANN: &str = "arn:aws:sts::123456789012:federated-user/ann";
const USERS: &str = "arn:aws:iam::123456789012:user/";

async fn own_session(asker: &Asker) -> Asker {
    let given_out = asker.must("GetSessionToken", "").await;
    asker.session(&given_out).await
}

async fn federate(asker: &Asker, more: &[(&str, &str)]) -> Answer {
    let mut asked = vec![("Name", "ann")];
    asked.extend(more);
    asker.ask("GetFederationToken", &form(&asked)).await
}

async fn ann(by: &Asker, more: &[(&str, &str)]) -> Asker {
    let given_out = federate(by, more).await;
    assert_eq!(given_out.fault(), "200", "{more:?}");
    by.session(&given_out).await
}

async fn lasts(world: &World, heard: &Answer) -> i64 {
    assert_eq!(heard.fault(), "200");
    let session = opened(world, heard).await;
    assert_eq!(heard.text("Expiration"), session.expires.to_string());
    session.expires.since(session.issued).as_seconds()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_own_session_is_the_user_and_calls_little() {
    let (world, bob) = world().await;
    let root = world.root();
    // It takes no right, and nothing denies it.
    root.set_user_policy("Bob", &denying(r#""sts:GetSessionToken""#))
        .await;
    let session = own_session(&bob).await;
    assert_eq!(identity(&session).await, identity(&bob).await);
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    for (action, form) in [
        ("ListUsers", ""),
        ("GetUser", ""),
        ("CreateUser", "UserName=Eve"),
    ] {
        assert_eq!(session.refused(action, form).await, NO_TOKEN, "{action}");
    }
    // Credentials that are good for nothing are told before a bad request is.
    assert_eq!(session.refused("CreateUser", "").await, NO_TOKEN);
    for (action, form) in [("GetSessionToken", ""), ("GetFederationToken", "Name=ann")] {
        let refused = format!("403 AccessDenied: Cannot call {action} with session credentials");
        assert_eq!(session.refused(action, form).await, refused);
    }
    let info = "AccessKeyId=AKIAAAAAAAAAAAAAAAAA";
    let refused = session.ask("GetAccessKeyInfo", info).await;
    assert_eq!(refused.text("Code"), "AccessDenied");
    create_role(&root, "Build", &trusting(ROOT)).await;
    let build = role_arn("Build");
    assert_eq!(assume(&session, &build, &[]).await.fault(), "200");
    root.set_user_policy("Bob", &denying(r#""*""#)).await;
    let refused = assume(&session, &build, &[]).await.fault();
    let why = "with an explicit deny in an identity-based policy";
    assert_eq!(refused, denied(BOB, "sts:AssumeRole", &build, why));
}

#[tokio::test(flavor = "multi_thread")]
async fn root_users_have_sessions_too() {
    let (world, _) = world().await;
    let root = world.root();
    let session = own_session(&root).await;
    let expected = ("123456789012".to_owned(), ROOT.to_owned());
    assert_eq!(identity(&session).await, expected);
    assert_eq!(session.refused("ListUsers", "").await, NO_TOKEN);
    for (asked, expected) in [
        ("", 3_600),
        ("DurationSeconds=900", 900),
        ("DurationSeconds=3600", 3_600),
        // Longer ones that are asked for are shortened.
        ("DurationSeconds=129600", 3_600),
    ] {
        let heard = root.ask("GetSessionToken", asked).await;
        assert_eq!(lasts(&world, &heard).await, expected, "{asked}");
        let heard = root
            .ask("GetFederationToken", &format!("Name=ann&{asked}"))
            .await;
        assert_eq!(lasts(&world, &heard).await, expected, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_have_them_for_a_day_and_a_half_at_most() {
    let (world, bob) = world().await;
    world
        .root()
        .set_user_policy("Bob", &allowing(r#""sts:*""#))
        .await;
    for (asked, expected) in [
        ("", 43_200),
        ("DurationSeconds=900", 900),
        ("DurationSeconds=129600", 129_600),
    ] {
        let heard = bob.ask("GetSessionToken", asked).await;
        assert_eq!(lasts(&world, &heard).await, expected, "{asked}");
        let heard = bob
            .ask("GetFederationToken", &format!("Name=ann&{asked}"))
            .await;
        assert_eq!(lasts(&world, &heard).await, expected, "{asked}");
    }
    for (seconds, bound) in [
        ("899", "greater than or equal to 900"),
        ("129601", "less than or equal to 129600"),
    ] {
        let text = format!(
            "400 ValidationError: 1 validation error detected: Value '{seconds}' at \
             'durationSeconds' failed to satisfy constraint: Member must have value {bound}"
        );
        let asked = format!("Name=ann&DurationSeconds={seconds}");
        for action in ["GetSessionToken", "GetFederationToken"] {
            assert_eq!(bob.refused(action, &asked).await, text, "{action}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_not_the_callers_is_refused() {
    let (_world, bob) = world().await;
    let unknown = "403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  \
                   Please verify your MFA serial number is valid and associated with this user.";
    let asked = "SerialNumber=arn:aws:iam::123456789012:mfa/Bob&TokenCode=123456";
    assert_eq!(bob.refused("GetSessionToken", asked).await, unknown);
    for half in ["SerialNumber=GAHT12345678", "TokenCode=123456"] {
        assert_eq!(bob.ask("GetSessionToken", half).await.status, 403, "{half}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federated_user_may_do_what_both_allow() {
    let (world, bob) = world().await;
    let root = world.root();
    let refused = federate(&bob, &[]).await.fault();
    let why = "because no identity-based policy allows the sts:GetFederationToken action";
    assert_eq!(refused, denied(BOB, "sts:GetFederationToken", ANN, why));
    let give = r#"{"Effect": "Allow", "Action": "sts:GetFederationToken", "Resource": "arn:aws:sts::123456789012:federated-user/a*"}"#;
    let rights = format!(
        "{give}, {}",
        allowing(r#"["iam:ListUsers", "iam:GetUser"]"#)
    );
    root.set_user_policy("Bob", &rights).await;
    assert_eq!(bob.ask("GetFederationToken", "Name=bea").await.status, 403);
    let given_out = federate(&bob, &[]).await;
    assert_eq!(given_out.text("FederatedUserId"), "123456789012:ann");
    assert_eq!(given_out.text("Arn"), ANN);
    assert_eq!(given_out.text("PackedPolicySize"), "0");
    let without = bob.session(&given_out).await;
    let expected = ("123456789012:ann".to_owned(), ANN.to_owned());
    assert_eq!(identity(&without).await, expected);
    let nothing = |kind, action, resource| {
        let why = format!("because no {kind} policy allows the {action} action");
        denied(ANN, action, resource, &why)
    };
    let refused = without.judged("ListUsers", USERS).await;
    assert_eq!(refused, nothing("session", "iam:ListUsers", USERS));

    let policy = policy_document(&allowing(r#"["iam:ListUsers", "iam:ListRoles"]"#));
    let given_out = federate(&bob, &[("Policy", &policy)]).await;
    assert_ne!(given_out.text("PackedPolicySize"), "0");
    let narrowed = bob.session(&given_out).await;
    assert_eq!(narrowed.judged("ListUsers", USERS).await, "200");
    let refused = narrowed.judged("GetUser", BOB).await;
    assert_eq!(refused, nothing("session", "iam:GetUser", BOB));
    let roles = "arn:aws:iam::123456789012:role/";
    let refused = narrowed.judged("ListRoles", roles).await;
    assert_eq!(refused, nothing("identity-based", "iam:ListRoles", roles));
    let by_arn = create_policy(&root, "Own", &allowing(r#""iam:*""#)).await;
    let whole = ann(&bob, &[("PolicyArns.member.1.arn", &by_arn)]).await;
    assert_eq!(whole.judged("GetUser", BOB).await, "200");

    // What the user loses, whom it vouched for loses too.
    root.set_user_policy("Bob", &format!("{rights}, {}", denying(r#""iam:Get*""#)))
        .await;
    let refused = whole.judged("GetUser", BOB).await;
    let why = "with an explicit deny in an identity-based policy";
    assert_eq!(refused, denied(ANN, "iam:GetUser", BOB, why));
    // So it is with the user's boundary.
    let boundary = create_policy(&root, "Narrow", &allowing(r#""sts:*""#)).await;
    let bound = form(&[("UserName", "Bob"), ("PermissionsBoundary", &boundary)]);
    root.must("PutUserPermissionsBoundary", &bound).await;
    let refused = whole.judged("ListUsers", USERS).await;
    let why = "because no permissions boundary allows the iam:ListUsers action";
    assert_eq!(refused, denied(ANN, "iam:ListUsers", USERS, why));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_root_user_vouches_for_may_do_what_was_passed() {
    let (world, _) = world().await;
    let root = world.root();
    let policy = policy_document(&allowing(r#""iam:ListUsers""#));
    let narrowed = ann(&root, &[("Policy", &policy)]).await;
    assert_eq!(narrowed.judged("ListUsers", USERS).await, "200");
    assert_ne!(narrowed.judged("ListRoles", "*").await, "200");
    let nothing = ann(&root, &[]).await;
    assert_ne!(nothing.judged("ListUsers", USERS).await, "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federated_user_calls_no_more_of_sts_than_who_it_is() {
    let (world, bob) = world().await;
    let root = world.root();
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    create_role(&root, "Build", &trusting("*")).await;
    let all = policy_document(&allowing(r#""*""#));
    let ann = ann(&bob, &[("Policy", &all)]).await;
    let assume = form(&[
        ("RoleArn", &*role_arn("Build")),
        ("RoleSessionName", "build"),
    ]);
    for (action, form) in [
        ("AssumeRole", &*assume),
        ("GetSessionToken", ""),
        ("GetFederationToken", "Name=bea"),
        ("GetAccessKeyInfo", "AccessKeyId=AKIAAAAAAAAAAAAAAAAA"),
    ] {
        let refused = ann.ask(action, form).await;
        assert_eq!(refused.status, 403, "{action}");
        assert_eq!(refused.text("Code"), "AccessDenied", "{action}");
    }
    ann.must("GetCallerIdentity", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federated_user_calls_nothing_of_iam_whoever_vouches() {
    let (world, bob) = world().await;
    let root = world.root();
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    let all = policy_document(&allowing(r#""*""#));
    for by in [&bob, &root] {
        let ann = ann(by, &[("Policy", &all)]).await;
        for (action, form) in [
            ("ListUsers", ""),
            ("GetUser", ""),
            ("CreateUser", "UserName=Eve"),
            ("CreateAccessKey", "UserName=Bob"),
            // Told before a bad request is.
            ("CreateUser", ""),
        ] {
            assert_eq!(ann.refused(action, form).await, NO_TOKEN, "{action}");
        }
        ann.must("GetCallerIdentity", "").await;
    }
    assert!(world.account().await.user("Eve").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_can_tell_a_federated_user() {
    let (world, bob) = world().await;
    let root = world.root();
    root.must(
        "TagUser",
        "UserName=Bob&Tags.member.1.Key=Team&Tags.member.1.Value=blue",
    )
    .await;
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    let tagged = [("Tags.member.1.Key", "Cost"), ("Tags.member.1.Value", "1")];
    let equals = |key: &str, value: &str| format!(r#"{{"StringEquals": {{"{key}": "{value}"}}}}"#);
    let absent = |key: &str| format!(r#"{{"Null": {{"{key}": "true"}}}}"#);
    for (condition, expected) in [
        (equals("aws:PrincipalType", "FederatedUser"), true),
        (equals("aws:PrincipalArn", ANN), true),
        (equals("aws:userid", "123456789012:ann"), true),
        (absent("aws:username"), true),
        (equals("aws:PrincipalTag/cost", "1"), true),
        (absent("aws:TokenIssueTime"), false),
        (
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#.to_owned(),
            true,
        ),
    ] {
        let policy = policy_document(&format!(
            r#"{{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": {condition}}}"#
        ));
        let more = [&tagged[..], &[("Policy", &*policy)]].concat();
        let heard = ann(&bob, &more).await.judged("ListUsers", USERS).await;
        assert_eq!(heard == "200", expected, "{condition}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_a_federated_user_are_asked_for_besides() {
    let (world, bob) = world().await;
    let root = world.root();
    let give = allowing(r#""sts:GetFederationToken""#);
    root.set_user_policy("Bob", &give).await;
    let tagged = [("Tags.member.1.Key", "Cost"), ("Tags.member.1.Value", "1")];
    let refused = federate(&bob, &tagged).await.fault();
    let why = "because no identity-based policy allows the sts:TagSession action";
    assert_eq!(refused, denied(BOB, "sts:TagSession", ANN, why));
    let only = r#"{"Effect": "Allow", "Action": "sts:TagSession", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/Cost": "1"}}}"#;
    root.set_user_policy("Bob", &format!("{give}, {only}"))
        .await;
    assert_eq!(federate(&bob, &tagged).await.fault(), "200");
    let other = [("Tags.member.1.Key", "Cost"), ("Tags.member.1.Value", "2")];
    assert_eq!(federate(&bob, &other).await.status, 403);
    let twice = [
        tagged[0],
        tagged[1],
        ("Tags.member.2.Key", "cost"),
        ("Tags.member.2.Value", "1"),
    ];
    let duplicate = "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys \
                     are case insensitive.";
    assert_eq!(federate(&bob, &twice).await.fault(), duplicate);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_for_a_federated_user_are_judged_as_those_for_a_role() {
    let (world, bob) = world().await;
    world
        .root()
        .set_user_policy("Bob", &allowing(r#""*""#))
        .await;
    for (more, code) in [
        (("Policy", "{}"), "MalformedPolicyDocument"),
        (
            ("PolicyArns.member.1.arn", "aaaaaaaaaaaaaaaaaaaa"),
            "ValidationError",
        ),
        (
            (
                "PolicyArns.member.1.arn",
                "arn:aws:iam::123456789012:policy/Ghost",
            ),
            "ValidationError",
        ),
        (("Policy", &*"a".repeat(2_049)), "ValidationError"),
    ] {
        let refused = federate(&bob, &[more]).await;
        assert_eq!(refused.text("Code"), code, "{more:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_make_none_of_these() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(BOB)).await;
    root.set_role_policy("Build", &allowing(r#""*""#)).await;
    let session = in_role(&bob, "Build", &[]).await;
    for (action, form) in [("GetSessionToken", ""), ("GetFederationToken", "Name=ann")] {
        let refused = format!("403 AccessDenied: Cannot call {action} with session credentials");
        assert_eq!(session.refused(action, form).await, refused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_may_ask_who_they_are_whatever_denies_it() {
    let (world, bob) = world().await;
    let root = world.root();
    root.set_user_policy("Bob", &denying(r#""*""#)).await;
    let made = create_role(&root, "Build", &trusting("*")).await;
    root.set_role_policy("Build", &denying(r#""*""#)).await;
    root.must("CreateUser", "UserName=Eve").await;
    let eve = world.user("Eve").await;
    let bob_id = root.must("GetUser", "UserName=Bob").await;
    let deny = policy_document(&denying(r#""*""#));
    for (asker, user_id, arn) in [
        (root.clone(), "123456789012".to_owned(), ROOT),
        (bob.clone(), bob_id.text("UserId").to_owned(), BOB),
        (
            own_session(&bob).await,
            bob_id.text("UserId").to_owned(),
            BOB,
        ),
        (
            in_role(&eve, "Build", &[("Policy", &deny)]).await,
            format!("{}:build", made.text("RoleId")),
            "arn:aws:sts::123456789012:assumed-role/Build/build",
        ),
        (
            ann(&root, &[("Policy", &deny)]).await,
            "123456789012:ann".to_owned(),
            ANN,
        ),
    ] {
        assert_eq!(identity(&asker).await, (user_id, arn.to_owned()));
        let heard = asker.must("GetCallerIdentity", "").await;
        assert_eq!(heard.text("Account"), "123456789012");
    }
}
