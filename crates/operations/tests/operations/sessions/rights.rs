//! What sessions of roles may do.

use keyward_names::Age;
use keyward_testkit::{Asker, World, form, policy_document};

use super::{
    BOB, allowing, assume, create_policy, create_role, denied, denying, in_role, role_arn,
    trusting, world,
};

const CALLER: &str = "arn:aws:sts::123456789012:assumed-role/Build/build";

/// A world with the role `Build`, which trusts Bob and may do what the statements say.
async fn world_with_role(statements: &str) -> (World, Asker) {
    let (world, bob) = world().await;
    create_role(&world.root(), "Build", &trusting(BOB)).await;
    world.root().set_role_policy("Build", statements).await;
    (world, bob)
}

fn nothing(kind: &str, action: &str, resource: &str) -> String {
    let why = format!("because no {kind} policy allows the {action} action");
    denied(CALLER, action, resource, &why)
}

const USERS: &str = "arn:aws:iam::123456789012:user/";
const ROLES: &str = "arn:aws:iam::123456789012:role/";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_the_roles_rights_within_its_own_policies() {
    let (world, bob) = world_with_role(&allowing(r#"["iam:ListUsers", "iam:GetUser"]"#)).await;
    let root = world.root();
    let session = in_role(&bob, "Build", &[]).await;
    session.must("ListUsers", "").await;
    let refused = session.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("identity-based", "iam:ListRoles", ROLES));

    let both = policy_document(&allowing(r#"["iam:ListUsers", "iam:ListRoles"]"#));
    let narrowed = in_role(&bob, "Build", &[("Policy", &both)]).await;
    narrowed.must("ListUsers", "").await;
    let refused = narrowed.refused("GetUser", "UserName=Bob").await;
    assert_eq!(refused, nothing("session", "iam:GetUser", "user Bob"));
    let refused = narrowed.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("identity-based", "iam:ListRoles", ROLES));

    // Those passed act as one.
    let own = create_policy(&root, "Own", &allowing(r#""iam:GetUser""#)).await;
    let more = [("PolicyArns.member.1.arn", &*own), ("Policy", &both)];
    let narrowed = in_role(&bob, "Build", &more).await;
    narrowed
        .must_all(&[("ListUsers", ""), ("GetUser", "UserName=Bob")])
        .await;
    let deny = policy_document(&format!(
        "{}, {}",
        allowing(r#""*""#),
        denying(r#""iam:Get*""#)
    ));
    let narrowed = in_role(&bob, "Build", &[("Policy", &deny)]).await;
    let refused = narrowed.refused("GetUser", "UserName=Bob").await;
    let why = "with an explicit deny in a session policy";
    assert_eq!(refused, denied(CALLER, "iam:GetUser", "user Bob", why));
    narrowed.must("ListUsers", "").await;

    // The boundary of the role bounds its sessions, those that there are too.
    let bound = form(&[("RoleName", "Build"), ("PermissionsBoundary", &own)]);
    root.must("PutRolePermissionsBoundary", &bound).await;
    let refused = session.refused("ListUsers", "").await;
    let why = "because no permissions boundary allows the iam:ListUsers action";
    assert_eq!(refused, denied(CALLER, "iam:ListUsers", USERS, why));
    session.must("GetUser", "UserName=Bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_for_the_role_changes_for_its_sessions() {
    let (world, bob) = world_with_role(&allowing(r#""*""#)).await;
    let root = world.root();
    let own = create_policy(&root, "Own", &allowing(r#""iam:ListUsers""#)).await;
    let by_arn = [("PolicyArns.member.1.arn", &*own)];
    let session = in_role(&bob, "Build", &by_arn).await;
    session.must("ListUsers", "").await;
    let refused = session.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("session", "iam:ListRoles", ROLES));
    // Another default version holds at once.
    let version = form(&[
        ("PolicyArn", &*own),
        ("SetAsDefault", "true"),
        (
            "PolicyDocument",
            &policy_document(&allowing(r#""iam:ListRoles""#)),
        ),
    ]);
    root.must("CreatePolicyVersion", &version).await;
    session.must("ListRoles", "").await;
    let refused = session.refused("ListUsers", "").await;
    assert_eq!(refused, nothing("session", "iam:ListUsers", USERS));
    // Of a policy that is gone, nobody can tell what it denied.
    let first = form(&[("PolicyArn", &*own), ("VersionId", "v1")]);
    root.must("DeletePolicyVersion", &first).await;
    root.must("DeletePolicy", &form(&[("PolicyArn", &own)]))
        .await;
    let refused = session.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("session", "iam:ListRoles", ROLES));
    create_policy(&root, "Own", &allowing(r#""*""#)).await;
    let refused = session.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("session", "iam:ListRoles", ROLES));

    let session = in_role(&bob, "Build", &[]).await;
    session.must("ListRoles", "").await;
    root.must("DeleteRolePolicy", "RoleName=Build&PolicyName=p")
        .await;
    let refused = session.refused("ListRoles", "").await;
    assert_eq!(refused, nothing("identity-based", "iam:ListRoles", ROLES));
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_can_tell_who_holds_a_session() {
    let (world, bob) = world().await;
    let root = world.root();
    let create = form(&[
        ("RoleName", "Build"),
        ("Path", "/a/"),
        ("AssumeRolePolicyDocument", &policy_document(&trusting(BOB))),
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
        ("Tags.member.2.Key", "Stage"),
        ("Tags.member.2.Value", "test"),
    ]);
    let made = root.must("CreateRole", &create).await;
    let user_id = format!("{}:build", made.text("RoleId"));
    let more = [
        ("Tags.member.1.Key", "TEAM"),
        ("Tags.member.1.Value", "red"),
        ("SourceIdentity", "alice"),
    ];
    let session = in_role(&bob, "a/Build", &more).await;
    let issued = world.installation.clock().now();
    let (before, after) = (
        issued.plus(Age::seconds(-60)),
        issued.plus(Age::seconds(60)),
    );
    let equals = |key: &str, value: &str| format!(r#"{{"StringEquals": {{"{key}": "{value}"}}}}"#);
    let absent = |key: &str| format!(r#"{{"Null": {{"{key}": "true"}}}}"#);
    let arn = role_arn("a/Build");
    for (condition, expected) in [
        (equals("aws:PrincipalTag/Team", "red"), true),
        (equals("aws:PrincipalTag/Team", "blue"), false),
        (equals("aws:PrincipalTag/stage", "test"), true),
        (absent("aws:PrincipalTag/Cost"), true),
        (equals("aws:userid", &user_id), true),
        (equals("aws:PrincipalArn", &arn), true),
        (equals("aws:PrincipalArn", CALLER), false),
        (equals("aws:PrincipalType", "AssumedRole"), true),
        (equals("aws:PrincipalAccount", "123456789012"), true),
        (equals("aws:SourceIdentity", "alice"), true),
        (equals("aws:SourceIdentity", "bob"), false),
        (absent("aws:username"), true),
        (absent("aws:FederatedProvider"), true),
        (
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#.to_owned(),
            true,
        ),
        (
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#.to_owned(),
            false,
        ),
        (absent("aws:MultiFactorAuthAge"), true),
        (
            format!(r#"{{"DateGreaterThan": {{"aws:TokenIssueTime": "{before}"}}}}"#),
            true,
        ),
        (
            format!(r#"{{"DateLessThan": {{"aws:TokenIssueTime": "{after}"}}}}"#),
            true,
        ),
        (
            format!(r#"{{"DateLessThan": {{"aws:TokenIssueTime": "{before}"}}}}"#),
            false,
        ),
    ] {
        let allow = format!(
            r#"{{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*", "Condition": {condition}}}"#
        );
        root.set_role_policy("Build", &allow).await;
        let heard = session.ask("GetUser", "UserName=Bob").await;
        assert_eq!(heard.status == 200, expected, "{condition}");
    }
    let own = r#"{"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "arn:aws:iam::*:user/${aws:PrincipalTag/Team}/${aws:SourceIdentity}"}"#;
    root.set_role_policy("Build", own).await;
    for (path, expected) in [("/red/", 200), ("/blue/", 403)] {
        let create = form(&[("UserName", "alice"), ("Path", path)]);
        assert_eq!(session.ask("CreateUser", &create).await.status, expected);
    }
    // Of a session without a source identity, or without that tag.
    let silent = in_role(&bob, "a/Build", &[]).await;
    let create = form(&[("UserName", "carol"), ("Path", "/blue/")]);
    assert_eq!(silent.ask("CreateUser", &create).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_revoked_by_when_they_were_issued() {
    let (world, bob) = world_with_role(&allowing(r#""iam:*""#)).await;
    let root = world.root();
    let older = in_role(&bob, "Build", &[]).await;
    world.installation.clock().advance(Age::seconds(60));
    let now = world.installation.clock().now();
    let revoke = policy_document(&format!(
        r#"{{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"DateLessThan": {{"aws:TokenIssueTime": "{now}"}}}}}}"#
    ));
    let put = form(&[
        ("RoleName", "Build"),
        ("PolicyName", "AWSRevokeOlderSessions"),
        ("PolicyDocument", &revoke),
    ]);
    root.must("PutRolePolicy", &put).await;
    let younger = in_role(&bob, "Build", &[]).await;
    younger.must("ListUsers", "").await;
    let refused = older.refused("ListUsers", "").await;
    let why = "with an explicit deny in an identity-based policy";
    assert_eq!(refused, denied(CALLER, "iam:ListUsers", USERS, why));
    // Who one is, one may always ask.
    older.must("GetCallerIdentity", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_user_must_say_which_is_meant() {
    let (_world, bob) = world_with_role(&allowing(r#""iam:*""#)).await;
    let session = in_role(&bob, "Build", &[]).await;
    let refused =
        "400 ValidationError: Must specify userName when calling with non-User credentials";
    for action in ["GetUser", "ListAccessKeys", "CreateAccessKey"] {
        assert_eq!(session.refused(action, "").await, refused, "{action}");
    }
    let key = "AccessKeyId=AKIAAAAAAAAAAAAAAAAA";
    for (action, form) in [
        ("DeleteAccessKey", key.to_owned()),
        ("UpdateAccessKey", format!("{key}&Status=Inactive")),
    ] {
        assert_eq!(session.refused(action, &form).await, refused, "{action}");
    }
    let change = "OldPassword=a&NewPassword=b";
    let refused = session.ask("ChangePassword", change).await;
    assert_eq!(refused.text("Code"), "InvalidUserType");
    session.must("GetUser", "UserName=Bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_changes_is_changed() {
    let (world, bob) = world_with_role(&allowing(r#""iam:*""#)).await;
    let session = in_role(&bob, "Build", &[]).await;
    session.must("CreateUser", "UserName=Eve").await;
    assert!(world.account().await.user("Eve").is_some());
    // A right that it loses is gone before the change, whenever that is made.
    world
        .root()
        .set_role_policy("Build", &denying(r#""*""#))
        .await;
    assert_eq!(session.ask("DeleteUser", "UserName=Eve").await.status, 403);
    let given_out = assume(&bob, &role_arn("Build"), &[]).await;
    assert_eq!(given_out.fault(), "200");
}
