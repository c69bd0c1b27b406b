//! Who may assume a role.

use keyward_testkit::{form, policy_document};

use super::{
    BOB, OTHER, ROOT, allowing, assume, create_policy, create_role, denied, denying, identity,
    in_role, may_not, opened, other_account, other_root, role_arn, trust, trusting, trusting_for,
    world,
};

const ASSUME: &str = r#""sts:AssumeRole""#;

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_trust_policy_names_needs_no_right_of_its_own() {
    let (world, bob) = world().await;
    let root = world.root();
    let made = create_role(&root, "Build", &trusting(BOB)).await;
    let role_id = made.text("RoleId");
    let given_out = assume(&bob, &role_arn("Build"), &[]).await;
    assert_eq!(given_out.fault(), "200");
    let id = format!("{role_id}:build");
    let arn = "arn:aws:sts::123456789012:assumed-role/Build/build";
    assert_eq!(given_out.text("AssumedRoleId"), id);
    assert_eq!(given_out.text("Arn"), arn);
    assert!(given_out.text("AccessKeyId").starts_with("ASIA"));
    assert_eq!(given_out.text("SecretAccessKey").len(), 40);
    let session = opened(&world, &given_out).await;
    assert_eq!(given_out.text("Expiration"), session.expires.to_string());
    assert_eq!(session.expires.since(session.issued).as_seconds(), 3_600);
    for absent in ["PackedPolicySize", "SourceIdentity"] {
        assert!(!given_out.body.contains(absent), "{}", given_out.body);
    }
    let holder = bob.session(&given_out).await;
    assert_eq!(identity(&holder).await, (id, arn.to_owned()));

    // Neither does a boundary that allows nothing of it mind, but a denial does anywhere.
    let boundary = create_policy(&root, "Narrow", &allowing(r#""s3:*""#)).await;
    let bound = form(&[("UserName", "Bob"), ("PermissionsBoundary", &boundary)]);
    root.must("PutUserPermissionsBoundary", &bound).await;
    let asked = async || assume(&bob, &role_arn("Build"), &[]).await.fault();
    assert_eq!(asked().await, "200");
    root.set_user_policy("Bob", &denying(ASSUME)).await;
    let denied = |why| denied(BOB, "sts:AssumeRole", &role_arn("Build"), why);
    assert_eq!(
        asked().await,
        denied("with an explicit deny in an identity-based policy")
    );
    root.set_user_policy("Bob", &allowing(ASSUME)).await;
    let version = form(&[
        ("PolicyArn", &*boundary),
        ("SetAsDefault", "true"),
        ("PolicyDocument", &policy_document(&denying(r#""sts:*""#))),
    ]);
    root.must("CreatePolicyVersion", &version).await;
    assert_eq!(
        asked().await,
        denied(&format!(
            "with an explicit deny in a permissions boundary: {boundary}"
        ))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_account_is_trusted_its_own_policies_decide() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(ROOT)).await;
    let build = role_arn("Build");
    let asked = async || assume(&bob, &build, &[]).await.fault();
    let refused = may_not(BOB, "sts:AssumeRole", &build);
    for account in [ROOT, "123456789012"] {
        trust(&root, "Build", &trusting(account)).await;
        assert_eq!(asked().await, refused);
        let elsewhere = r#"{"Effect": "Allow", "Action": "sts:*", "Resource": "arn:aws:iam::123456789012:role/Deploy"}"#;
        root.set_user_policy("Bob", elsewhere).await;
        assert_eq!(asked().await, refused);
        let this =
            r#"{"Effect": "Allow", "Action": "sts:Assume*", "Resource": "arn:aws:iam::*:role/B*"}"#;
        root.set_user_policy("Bob", this).await;
        assert_eq!(asked().await, "200");
        root.must("DeleteUserPolicy", "UserName=Bob&PolicyName=p")
            .await;
    }
    // Everyone is each by name.
    trust(&root, "Build", &trusting("*")).await;
    assert_eq!(asked().await, "200");
    // Another account's is not this one's.
    trust(&root, "Build", &trusting(OTHER)).await;
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    assert_eq!(asked().await, refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_which_roles_there_are() {
    let (world, bob) = world().await;
    let root = world.root();
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    let service = r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
    create_role(&root, "Build", service).await;
    let deny = format!(
        "{}, {}",
        trusting(ROOT),
        trusting(BOB).replace("Allow", "Deny")
    );
    create_role(&root, "Deploy", &deny).await;
    let create = form(&[
        ("RoleName", "Deep"),
        ("Path", "/a/b/"),
        ("AssumeRolePolicyDocument", &policy_document(&trusting(BOB))),
    ]);
    root.must("CreateRole", &create).await;
    other_root(&world).await;
    for arn in [
        role_arn("Build"),
        role_arn("Deploy"),
        role_arn("Ghost"),
        // Only the very ARN will do.
        role_arn("Deep"),
        role_arn("a/Deep"),
        role_arn("a/b/deep"),
        role_arn("A/b/Deep"),
        format!("arn:aws:iam::{OTHER}:role/Build"),
        "arn:aws:iam::999999999999:role/Build".to_owned(),
    ] {
        let refused = assume(&bob, &arn, &[]).await.fault();
        assert_eq!(refused, may_not(BOB, "sts:AssumeRole", &arn));
    }
    let given_out = assume(&bob, &role_arn("a/b/Deep"), &[]).await;
    // The session's ARN leaves the path out.
    let arn = "arn:aws:sts::123456789012:assumed-role/Deep/build";
    assert_eq!(given_out.text("Arn"), arn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_policy_sets_conditions() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(BOB)).await;
    let tag = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "red"),
    ];
    let other_tag = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let transitive = [tag[0], tag[1], ("TransitiveTagKeys.member.1", "Team")];
    let two = [
        tag[0],
        tag[1],
        ("Tags.member.2.Key", "Cost"),
        ("Tags.member.2.Value", ""),
        ("TransitiveTagKeys.member.1", "Cost"),
    ];
    type Form<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, Form<'_>, Form<'_>); 11] = [
        (
            r#"{"StringEquals": {"sts:ExternalId": "key-7"}}"#,
            &[("ExternalId", "key-7")],
            &[("ExternalId", "key-8")],
        ),
        (
            r#"{"StringEquals": {"sts:ExternalId": "key-7"}}"#,
            &[("ExternalId", "key-7")],
            &[],
        ),
        (
            r#"{"StringEquals": {"sts:RoleSessionName": "build"}}"#,
            &[],
            &[("RoleSessionName", "deploy")],
        ),
        (
            r#"{"StringEquals": {"aws:RequestTag/team": "red"}}"#,
            &tag,
            &other_tag,
        ),
        (r#"{"StringLike": {"aws:RequestTag/Team": "*"}}"#, &tag, &[]),
        (
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}"#,
            &tag,
            &two,
        ),
        (
            r#"{"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}"#,
            &transitive,
            &two,
        ),
        (
            r#"{"Null": {"sts:TransitiveTagKeys": "true"}}"#,
            &tag,
            &transitive,
        ),
        (
            r#"{"StringLike": {"sts:SourceIdentity": "al*"}}"#,
            &[("SourceIdentity", "alice")],
            &[("SourceIdentity", "bob")],
        ),
        (
            r#"{"StringLike": {"sts:SourceIdentity": "al*"}}"#,
            &[("SourceIdentity", "alice")],
            &[],
        ),
        (
            r#"{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}, "StringEquals": {"aws:username": "Bob", "sts:RoleSessionName": "build"}}"#,
            &[],
            &[("RoleSessionName", "deploy")],
        ),
    ];
    for (condition, good, bad) in cases {
        let statement = trusting_for(BOB, super::ANYTHING, condition);
        trust(&root, "Build", &statement).await;
        let asked = async |more: Form<'_>| {
            let mut asked = vec![("RoleArn", "arn:aws:iam::123456789012:role/Build")];
            if !more.iter().any(|(name, _)| *name == "RoleSessionName") {
                asked.push(("RoleSessionName", "build"));
            }
            asked.extend(more);
            bob.ask("AssumeRole", &form(&asked)).await.fault()
        };
        assert_eq!(asked(good).await, "200", "{condition}");
        let refused = may_not(BOB, "sts:AssumeRole", &role_arn("Build"));
        let heard = asked(bad).await;
        assert_eq!(heard, refused, "{condition}");
    }
    // Who signs with a key of its own has nothing to say of devices.
    for (operator, expected) in [("Bool", false), ("BoolIfExists", true)] {
        let condition = format!(r#"{{"{operator}": {{"aws:MultiFactorAuthPresent": "true"}}}}"#);
        trust(&root, "Build", &trusting_for(BOB, ASSUME, &condition)).await;
        let heard = assume(&bob, &role_arn("Build"), &[]).await;
        assert_eq!(heard.status == 200, expected, "{operator}");
        // A session has, and none took part.
        let heard = bob.ask("GetSessionToken", "").await;
        let session = bob.session(&heard).await;
        let heard = assume(&session, &role_arn("Build"), &[]).await;
        assert_eq!(heard.status, 403, "{operator}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_a_source_identity_are_asked_for_besides() {
    let (world, bob) = world().await;
    let root = world.root();
    let build = role_arn("Build");
    let tagged = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "red"),
    ];
    let said = [("SourceIdentity", "alice")];
    create_role(&root, "Build", &trusting_for(BOB, ASSUME, "{}")).await;
    let refused = |action| may_not(BOB, action, &build);
    let tag = "sts:TagSession";
    let say = "sts:SetSourceIdentity";
    for (actions, with_tags, with_identity) in [
        (r#"["sts:AssumeRole"]"#, refused(tag), refused(say)),
        (
            r#"["sts:AssumeRole", "sts:TagSession"]"#,
            "200".to_owned(),
            refused(say),
        ),
        (
            r#"["sts:AssumeRole", "sts:SetSourceIdentity"]"#,
            refused(tag),
            "200".to_owned(),
        ),
    ] {
        // Where the user is named that is enough; else both sides must say so.
        for (by_name, allowed) in [
            (true, r#""iam:*""#),
            (false, actions),
            (false, r#""sts:*""#),
        ] {
            let principal = if by_name { BOB } else { ROOT };
            trust(&root, "Build", &trusting_for(principal, actions, "{}")).await;
            root.set_user_policy("Bob", &allowing(allowed)).await;
            assert_eq!(assume(&bob, &build, &[]).await.fault(), "200");
            assert_eq!(assume(&bob, &build, &tagged).await.fault(), with_tags);
            assert_eq!(assume(&bob, &build, &said).await.fault(), with_identity);
        }
        trust(&root, "Build", &trusting(ROOT)).await;
        root.set_user_policy("Bob", &allowing(actions)).await;
        assert_eq!(assume(&bob, &build, &tagged).await.fault(), with_tags);
        assert_eq!(assume(&bob, &build, &said).await.fault(), with_identity);
    }
    let deny = format!("{}, {}", allowing(r#""*""#), denying(r#""sts:TagSession""#));
    root.set_user_policy("Bob", &deny).await;
    let why = "with an explicit deny in an identity-based policy";
    assert_eq!(
        assume(&bob, &build, &tagged).await.fault(),
        denied(BOB, tag, &build, why)
    );
    assert_eq!(assume(&bob, &build, &said).await.fault(), "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_another_account_needs_both_sides() {
    let (world, bob) = world().await;
    let (root, other) = (world.root(), other_root(&world).await);
    let arn = format!("arn:aws:iam::{OTHER}:role/Build");
    create_role(&other, "Build", &trusting(BOB)).await;
    let asked = async || assume(&bob, &arn, &[]).await;
    let refused = may_not(BOB, "sts:AssumeRole", &arn);
    let everything = allowing(r#""*""#);
    for principal in [BOB, ROOT, "123456789012", "*"] {
        trust(&other, "Build", &trusting(principal)).await;
        assert_eq!(asked().await.fault(), refused, "{principal}");
        root.set_user_policy("Bob", &everything).await;
        assert_eq!(asked().await.fault(), "200", "{principal}");
        // Whether anything denies it is nothing that another account's principals are told.
        root.set_user_policy("Bob", &format!("{everything}, {}", denying(ASSUME)))
            .await;
        assert_eq!(asked().await.fault(), refused, "{principal}");
        let denied = trusting(BOB).replace("Allow", "Deny");
        trust(&other, "Build", &format!("{}, {denied}", trusting("*"))).await;
        root.set_user_policy("Bob", &everything).await;
        assert_eq!(asked().await.fault(), refused, "{principal}");
        root.must("DeleteUserPolicy", "UserName=Bob&PolicyName=p")
            .await;
    }
    root.set_user_policy("Bob", &everything).await;
    trust(&other, "Build", &trusting(&other_account().to_string())).await;
    assert_eq!(asked().await.fault(), refused);

    trust(&other, "Build", &trusting(BOB)).await;
    let boundary = create_policy(&root, "Narrow", &allowing(r#""s3:*""#)).await;
    let bound = form(&[("UserName", "Bob"), ("PermissionsBoundary", &boundary)]);
    root.must("PutUserPermissionsBoundary", &bound).await;
    assert_eq!(asked().await.fault(), refused);
    root.must("DeleteUserPermissionsBoundary", "UserName=Bob")
        .await;

    // The session is the other account's, and acts there.
    other
        .set_role_policy("Build", &allowing(r#""iam:ListRoles""#))
        .await;
    let given_out = asked().await;
    let session_arn = format!("arn:aws:sts::{OTHER}:assumed-role/Build/build");
    assert_eq!(given_out.text("Arn"), session_arn);
    let session = bob.session(&given_out).await;
    assert_eq!(identity(&session).await.1, session_arn);
    let roles = session.must("ListRoles", "").await;
    assert_eq!(roles.texts("Arn"), [&arn]);

    // A namesake is not whom the other account trusted.
    root.must("DeleteUserPolicy", "UserName=Bob&PolicyName=p")
        .await;
    let keys = root.must("ListAccessKeys", "UserName=Bob").await;
    for key in keys.texts("AccessKeyId") {
        root.must(
            "DeleteAccessKey",
            &format!("UserName=Bob&AccessKeyId={key}"),
        )
        .await;
    }
    root.must("DeleteUser", "UserName=Bob").await;
    root.must("CreateUser", "UserName=Bob").await;
    root.set_user_policy("Bob", &everything).await;
    let namesake = world.user("Bob").await;
    assert_eq!(assume(&namesake, &arn, &[]).await.fault(), refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn root_users_take_on_no_role() {
    let (world, _) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting("*")).await;
    let refused = "403 AccessDenied: Roles may not be assumed by root accounts.";
    let other = other_root(&world).await;
    for asker in [&root, &other] {
        assert_eq!(
            assume(asker, &role_arn("Build"), &[]).await.fault(),
            refused
        );
    }
    let session = root.session(&root.ask("GetSessionToken", "").await).await;
    assert_eq!(
        assume(&session, &role_arn("Build"), &[]).await.fault(),
        refused
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_must_have_its_form() {
    let (world, bob) = world().await;
    create_role(&world.root(), "Build", &trusting(BOB)).await;
    for arn in [
        "arn:a:::something/test-role",
        "arn:aws-cn:iam::123456789012:role/Build",
        "arn:aws:sts::123456789012:role/Build",
        "arn:aws:iam:us-east-1:123456789012:role/Build",
        "arn:aws:iam:123456789012:role/Build",
        "arn:aws:iam::123456789012",
        "arn:aws:iam::123456789012:user/Build",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::12345678901:role/Build",
        "a-role-that-is-no-arn-at-all",
    ] {
        let refused = assume(&bob, arn, &[]).await.fault();
        assert_eq!(refused, format!("400 ValidationError: {arn} is invalid"));
    }
    let bad_name = "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to \
                    satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*";
    // The form of what is asked for comes first.
    for arn in ["arn:a:::something/test-role", &role_arn("Build")] {
        let asked = form(&[("RoleArn", arn), ("RoleSessionName", "Session1:2")]);
        let refused = bob.refused("AssumeRole", &asked).await;
        assert_eq!(refused, format!("400 ValidationError: {bad_name}"));
    }
    for (more, text) in [
        (
            ("DurationSeconds", "899"),
            "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value \
             greater than or equal to 900",
        ),
        (
            ("DurationSeconds", "43201"),
            "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value \
             less than or equal to 43200",
        ),
        (
            ("SourceIdentity", "aws:alice"),
            "Value 'aws:alice' at 'sourceIdentity' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\w+=,.@-]*",
        ),
        (
            ("MinimumSessionTokenSize", "4097"),
            "Value '4097' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have \
             value less than or equal to 4096",
        ),
    ] {
        let refused = assume(&bob, &role_arn("Build"), &[more]).await.fault();
        let expected = format!("400 ValidationError: 1 validation error detected: {text}");
        assert_eq!(refused, expected);
    }
    let device = "403 AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  \
                  Please verify your MFA serial number is valid and associated with this user.";
    let serial = ("SerialNumber", "arn:aws:iam::123456789012:mfa/Bob");
    let with_device = [serial, ("TokenCode", "123456")];
    let refused = assume(&bob, &role_arn("Build"), &with_device).await.fault();
    assert_eq!(refused, device);
    // Half of it is refused, too.
    let refused = assume(&bob, &role_arn("Build"), &[serial]).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_role_takes_on_further_ones() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(BOB)).await;
    let first = in_role(&bob, "Build", &[]).await;
    let caller = "arn:aws:sts::123456789012:assumed-role/Build/build";
    create_role(&root, "Deploy", &trusting(ROOT)).await;
    let deploy = role_arn("Deploy");
    let refused = may_not(caller, "sts:AssumeRole", &deploy);
    let asked = async || assume(&first, &deploy, &[]).await.fault();
    assert_eq!(asked().await, refused);
    root.set_role_policy("Build", &allowing(ASSUME)).await;
    assert_eq!(asked().await, "200");
    root.must("DeleteRolePolicy", "RoleName=Build&PolicyName=p")
        .await;
    assert_eq!(asked().await, refused);
    for principal in [&*role_arn("Build"), caller] {
        trust(&root, "Deploy", &trusting(principal)).await;
        assert_eq!(asked().await, "200", "{principal}");
    }
    let elsewhere = "arn:aws:sts::123456789012:assumed-role/Build/deploy";
    trust(&root, "Deploy", &trusting(elsewhere)).await;
    assert_eq!(asked().await, refused);

    // To take itself on, a role must trust itself.
    root.set_role_policy("Build", &allowing(ASSUME)).await;
    let own = may_not(caller, "sts:AssumeRole", &role_arn("Build"));
    assert_eq!(assume(&first, &role_arn("Build"), &[]).await.fault(), own);
    let both = format!("{}, {}", trusting(BOB), trusting(&role_arn("Build")));
    trust(&root, "Build", &both).await;
    assert_eq!(assume(&first, &role_arn("Build"), &[]).await.fault(), "200");
    root.must("DeleteRolePolicy", "RoleName=Build&PolicyName=p")
        .await;

    // What was passed for the session, and the role's boundary, limit a grant to the role, and not
    // one to the session.
    let narrow = policy_document(&allowing(r#""s3:*""#));
    let narrowed = in_role(&bob, "Build", &[("Policy", &narrow)]).await;
    trust(&root, "Deploy", &trusting(&role_arn("Build"))).await;
    assert_eq!(assume(&narrowed, &deploy, &[]).await.fault(), refused);
    trust(&root, "Deploy", &trusting(caller)).await;
    assert_eq!(assume(&narrowed, &deploy, &[]).await.fault(), "200");
    let boundary = create_policy(&root, "Narrow", &allowing(r#""s3:*""#)).await;
    let bound = form(&[("RoleName", "Build"), ("PermissionsBoundary", &boundary)]);
    root.must("PutRolePermissionsBoundary", &bound).await;
    assert_eq!(asked().await, "200");
    trust(&root, "Deploy", &trusting(&role_arn("Build"))).await;
    assert_eq!(asked().await, refused);
    let none = policy_document(&denying(r#""sts:*""#));
    let denied_by_session = in_role(&bob, "Build", &[("Policy", &none)]).await;
    trust(&root, "Deploy", &trusting(caller)).await;
    let why = "with an explicit deny in a session policy";
    assert_eq!(
        assume(&denied_by_session, &deploy, &[]).await.fault(),
        denied(caller, "sts:AssumeRole", &deploy, why)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_role_is_there_is_not_told_to_whom_it_does_not_trust() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Lead", &trusting(BOB)).await;
    create_role(&root, "Theirs", &trusting(ROOT)).await;
    root.set_role_policy("Lead", &allowing(r#""sts:*""#)).await;
    let lead = in_role(&bob, "Lead", &[("SourceIdentity", "alice")]).await;
    root.set_role_policy("Lead", &allowing(r#""iam:*""#)).await;
    let same_for_both = async |more: &[(&str, &str)]| {
        let theirs = assume(&lead, &role_arn("Theirs"), more).await.fault();
        let ghost = assume(&lead, &role_arn("Ghost"), more).await.fault();
        assert_eq!(theirs.replace("role/Theirs", "role/Ghost"), ghost);
        ghost
    };
    let lead_arn = "arn:aws:sts::123456789012:assumed-role/Lead/build";
    let refused = may_not(lead_arn, "sts:AssumeRole", &role_arn("Ghost"));
    for more in [&[][..], &[("SourceIdentity", "carol")]] {
        assert_eq!(same_for_both(more).await, refused, "{more:?}");
    }
    // Nor by the reason of a denial.
    for (condition, is_told) in [
        ("", true),
        (
            r#", "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}"#,
            false,
        ),
        (
            r#", "Condition": {"StringEquals": {"sts:RoleSessionName": "build"}}"#,
            true,
        ),
    ] {
        let deny = format!(
            r#"{{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"{condition}}}"#
        );
        root.set_role_policy("Lead", &deny).await;
        let why = "with an explicit deny in an identity-based policy";
        let told = denied(lead_arn, "sts:AssumeRole", &role_arn("Ghost"), why);
        let expected = if is_told { &told } else { &refused };
        assert_eq!(&same_for_both(&[]).await, expected, "{condition}");
    }
}
