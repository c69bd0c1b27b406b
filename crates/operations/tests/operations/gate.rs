//! What policies let a user do, told through the wire.

use keyward_authorization::RequestContext;
use keyward_names::Timestamp;
use keyward_testkit::{Asker, World, form, policy_document};

use crate::support;

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

/// A world where Bob, tagged `Team=red`, has no rights, and Eve is there with `Team=blue`.
async fn world() -> (World, Asker) {
    let world = World::new().await;
    for (name, team) in [("Bob", "red"), ("Eve", "blue")] {
        let create = format!(
            "UserName={name}&Tags.member.1.Key=Team&Tags.member.1.Value={team}&Path=%2Fteam%2F"
        );
        world.root().must("CreateUser", &create).await;
    }
    let bob = world.user("Bob").await;
    (world, bob)
}

fn denied(action: &str, resource: &str, reason: &str) -> String {
    let bob = "arn:aws:iam::123456789012:user/team/Bob";
    support::denied(bob, action, resource, reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_may_do_what_a_policy_allows_at_once_and_nothing_else() {
    let (world, bob) = world().await;
    let get = async || bob.ask("GetUser", "UserName=Eve").await.fault();
    // Its path is not told to who asks by the name.
    let eve = "user Eve";
    let implicit = denied(
        "iam:GetUser",
        eve,
        "because no identity-based policy allows the iam:GetUser action",
    );
    assert_eq!(get().await, implicit);
    let own = r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "arn:aws:iam::*:user/${aws:username}"}"#;
    world.root().set_user_policy("Bob", own).await;
    assert_eq!(get().await, implicit);
    let all = r#"{"Effect": "Allow", "Action": "iam:getUSER", "Resource": "arn:aws:iam::123456789012:user/team/*"}"#;
    world.root().set_user_policy("Bob", all).await;
    assert_eq!(get().await, "200");
    let unknown = bob.refused("GetUser", "UserName=Ghost").await;
    let ghost = "user Ghost";
    let reason = "because no identity-based policy allows the iam:GetUser action";
    assert_eq!(unknown, denied("iam:GetUser", ghost, reason));
    let elsewhere = bob.refused("ListUsers", "").await;
    let users = "arn:aws:iam::123456789012:user/";
    let reason = "because no identity-based policy allows the iam:ListUsers action";
    assert_eq!(elsewhere, denied("iam:ListUsers", users, reason));

    let deny = r#"{"Effect": "Deny", "Action": "iam:GetUser", "Resource": "*"}"#;
    world
        .root()
        .set_user_policy("Bob", &format!("{ALL}, {deny}"))
        .await;
    let reason = "with an explicit deny in an identity-based policy";
    assert_eq!(get().await, denied("iam:GetUser", eve, reason));
    bob.must("ListUsers", "").await;

    let form = "UserName=Bob&PolicyName=p";
    world.root().must("DeleteUserPolicy", form).await;
    assert_eq!(get().await, implicit);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_judged_together_and_a_deny_in_one_wins() {
    let (world, bob) = world().await;
    world.root().set_user_policy("Bob", ALL).await;
    bob.must("GetUser", "UserName=Eve").await;
    let document = r#"{"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "NotAction": "iam:ListUsers", "Resource": "*"}}"#;
    let put = form(&[
        ("UserName", "Bob"),
        ("PolicyName", "another"),
        ("PolicyDocument", document),
    ]);
    // Bob takes the right from himself.
    bob.must("PutUserPolicy", &put).await;
    bob.must("ListUsers", "").await;
    let refused = bob.refused("PutUserPolicy", &put).await;
    assert!(
        refused.ends_with("with an explicit deny in an identity-based policy"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_outweighs_what_the_password_policy_grants_to_everyone() {
    let (world, bob) = world().await;
    let set = "AllowUsersToChangePassword=true";
    world.root().must("UpdateAccountPasswordPolicy", set).await;
    bob.must("GetAccountPasswordPolicy", "").await;
    let deny = r#"{"Effect": "Deny", "Action": "iam:*Password*", "Resource": "*"}"#;
    world.root().set_user_policy("Bob", deny).await;
    let reason = "with an explicit deny in an identity-based policy";
    assert_eq!(
        bob.refused("GetAccountPasswordPolicy", "").await,
        denied("iam:GetAccountPasswordPolicy", "*", reason)
    );
    let change = "OldPassword=a&NewPassword=b";
    assert_eq!(
        bob.refused("ChangePassword", change).await,
        denied("iam:ChangePassword", "user Bob", reason)
    );
}

/// Whether Bob may get Eve under a condition.
async fn holds(world: &World, bob: &Asker, condition: &str) -> bool {
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*", "Condition": {condition}}}"#
    );
    world.root().set_user_policy("Bob", &statement).await;
    match bob.ask("GetUser", "UserName=Eve").await.status {
        200 => true,
        403 => false,
        status => panic!("{status}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_that_is_known_of_a_request_has_its_value() {
    let (world, bob) = world().await;
    let id = world.account().await.user("Bob").unwrap().id.to_string();
    let now = world.installation.clock().now();
    let came = RequestContext {
        source: Some("203.0.113.7".parse().unwrap()),
        is_secure: true,
        user_agent: Some("aws-cli/2".to_owned()),
        referer: Some("https://example.com/".to_owned()),
        region: Some("eu-central-1".to_owned()),
        signed_in: None,
        ..RequestContext::default()
    };
    let bob = bob.who_came(came.clone());
    let own = "arn:aws:iam::123456789012:user/team/Bob";
    for (operator, key, value, other) in [
        ("StringEquals", "aws:username", "Bob", "bob"),
        ("StringEquals", "aws:userid", &*id, "AIDA"),
        (
            "ArnEquals",
            "aws:PrincipalArn",
            own,
            "arn:aws:iam::123456789012:user/Bob",
        ),
        ("StringEquals", "aws:PrincipalAccount", "123456789012", "1"),
        ("StringEquals", "aws:PrincipalType", "User", "Account"),
        ("StringEquals", "aws:PrincipalTag/TEAM", "red", "blue"),
        ("Bool", "aws:PrincipalIsAWSService", "false", "true"),
        ("Bool", "aws:ViaAWSService", "false", "true"),
        ("Bool", "aws:SecureTransport", "true", "false"),
        (
            "IpAddress",
            "aws:SourceIp",
            "203.0.113.0/24",
            "203.0.112.0/24",
        ),
        ("StringLike", "aws:UserAgent", "aws-cli/*", "boto*"),
        ("StringEquals", "aws:Referer", "https://example.com/", "x"),
        (
            "StringEquals",
            "aws:RequestedRegion",
            "us-east-1",
            "eu-central-1",
        ),
        ("StringEquals", "aws:ResourceAccount", "123456789012", "1"),
        ("StringEquals", "aws:ResourceTag/Team", "blue", "red"),
        ("StringEquals", "iam:ResourceTag/Team", "blue", "red"),
        (
            "DateLessThan",
            "aws:CurrentTime",
            &*(now.unix_seconds() + 600).to_string(),
            "2026-01-01",
        ),
        (
            "DateGreaterThan",
            "aws:CurrentTime",
            "2026-01-01",
            "2999-01-01",
        ),
        (
            "NumericGreaterThan",
            "aws:EpochTime",
            "1767225600",
            "32472144000",
        ),
        ("Null", "aws:TagKeys", "true", "false"),
        ("Null", "aws:MultiFactorAuthPresent", "true", "false"),
        ("Null", "aws:TokenIssueTime", "true", "false"),
        ("Null", "aws:RequestTag/Team", "true", "false"),
    ] {
        let condition = |value| format!(r#"{{"{operator}": {{"{key}": "{value}"}}}}"#);
        assert!(holds(&world, &bob, &condition(value)).await, "{key}");
        assert!(!holds(&world, &bob, &condition(other)).await, "{key}");
    }
    let signed_in = bob.who_came(RequestContext {
        signed_in: Some(now),
        ..came
    });
    for (operator, key, value) in [
        ("Bool", "aws:MultiFactorAuthPresent", "false"),
        ("DateEquals", "aws:TokenIssueTime", &*now.to_string()),
    ] {
        let condition = format!(r#"{{"{operator}": {{"{key}": "{value}"}}}}"#);
        assert!(holds(&world, &signed_in, &condition).await, "{key}");
        assert!(!holds(&world, &bob, &condition).await, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_decides_as_it_goes_on() {
    let (world, bob) = world().await;
    let noon = Timestamp::parse("2027-01-01T12:00:00Z").unwrap();
    world.installation.clock().set(noon);
    let condition = r#"{"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T12:30:00Z"}}"#;
    assert!(!holds(&world, &bob, condition).await);
    let later = Timestamp::parse("2027-01-01T12:45:00Z").unwrap();
    world.installation.clock().set(later);
    bob.must("GetUser", "UserName=Eve").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sts_is_asked_in_the_region_that_was_signed_for() {
    let (world, bob) = world().await;
    let statement = r#"{"Effect": "Allow", "Action": "sts:GetAccessKeyInfo", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}}"#;
    world.root().set_user_policy("Bob", statement).await;
    let ask = async |region: &str| {
        let bob = bob.who_came(RequestContext {
            region: Some(region.to_owned()),
            ..RequestContext::default()
        });
        let key = "AccessKeyId=AKIAIOSFODNN7EXAMPLE";
        bob.ask("GetAccessKeyInfo", key).await.status
    };
    // The key is of no account here, which is told to those alone who may ask.
    assert_eq!(ask("eu-central-1").await, 400);
    assert_eq!(ask("us-east-1").await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_requests_are_judged() {
    let (world, bob) = world().await;
    let statement = r#"{"Effect": "Allow", "Action": ["iam:TagUser", "iam:UntagUser"], "Resource": "*",
        "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["Cost*", "team"]},
                      "StringEqualsIfExists": {"aws:RequestTag/team": "red"}}}"#;
    world.root().set_user_policy("Bob", statement).await;
    for (action, tags, status) in [
        ("TagUser", &[("Team", "red")][..], 403),
        ("TagUser", &[("team", "red")], 200),
        ("TagUser", &[("team", "blue")], 403),
        ("TagUser", &[("Cost", "1"), ("team", "red")], 200),
        ("TagUser", &[("Cost", "1"), ("other", "1")], 403),
        // The last of equal keys is judged; that they are equal is told to who may.
        ("TagUser", &[("team", "red"), ("team", "blue")], 403),
        ("TagUser", &[("team", "blue"), ("team", "red")], 400),
    ] {
        let tags = tags.iter().enumerate().map(|(index, (key, value))| {
            let number = index + 1;
            format!("&Tags.member.{number}.Key={key}&Tags.member.{number}.Value={value}")
        });
        let form = format!("UserName=Eve{}", tags.collect::<String>());
        assert_eq!(bob.ask(action, &form).await.status, status, "{form}");
    }
    for (key, status) in [("Cost", 200), ("Other", 403)] {
        let form = format!("UserName=Eve&TagKeys.member.1={key}");
        assert_eq!(bob.ask("UntagUser", &form).await.status, status, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_a_user_with_tags_needs_the_right_to_tag() {
    let (world, bob) = world().await;
    let create = |condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "arn:aws:iam::*:user/new/*"{condition}}}"#
        )
    };
    world.root().set_user_policy("Bob", &create("")).await;
    let plain = "UserName=One&Path=%2Fnew%2F";
    bob.must("CreateUser", plain).await;
    let tagged = "UserName=Two&Path=%2Fnew%2F&Tags.member.1.Key=k&Tags.member.1.Value=v";
    let two = "arn:aws:iam::123456789012:user/new/Two";
    let reason = "because no identity-based policy allows the iam:TagUser action";
    assert_eq!(
        bob.refused("CreateUser", tagged).await,
        denied("iam:TagUser", two, reason)
    );
    let must = r#", "Condition": {"StringEquals": {"aws:RequestTag/k": "v"}}"#;
    let tag = r#"{"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*"}"#;
    world
        .root()
        .set_user_policy("Bob", &format!("{}, {tag}", create(must)))
        .await;
    bob.must("CreateUser", tagged).await;
    let untagged = "UserName=Three&Path=%2Fnew%2F";
    assert_eq!(bob.ask("CreateUser", untagged).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_a_user_needs_the_right_at_both_ends() {
    let (world, bob) = world().await;
    let here = r#"{"Effect": "Allow", "Action": "iam:UpdateUser", "Resource": "arn:aws:iam::*:user/team/*"}"#;
    world.root().set_user_policy("Bob", here).await;
    let away = "UserName=Eve&NewPath=%2Felsewhere%2F";
    let there = "arn:aws:iam::123456789012:user/elsewhere/Eve";
    let reason = "because no identity-based policy allows the iam:UpdateUser action";
    assert_eq!(
        bob.refused("UpdateUser", away).await,
        denied("iam:UpdateUser", there, reason)
    );
    let within = "UserName=Eve&NewPath=%2Fteam%2Fb%2F";
    bob.must("UpdateUser", within).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_lets_nobody_in() {
    let (world, _) = world().await;
    world.root().set_user_policy("Bob", ALL).await;
    // The key is made before: it is the right of the policy alone that is asked about.
    let other = {
        world
            .rewrite_record("user_policies", "Statement", "Statements")
            .await;
        world.other_node().await
    };
    let bob = other.user("Bob").await;
    let asked = bob.ask("GetUser", "UserName=Eve").await;
    assert_eq!((asked.status, asked.text("Code")), (500, "ServiceFailure"));
    assert!(!asked.body.contains("policy"), "{}", asked.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_calls_the_resource_what_the_request_called_it() {
    let (world, bob) = world().await;
    let root = world.root();
    let trust = policy_document(
        r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}"#,
    );
    let role = form(&[
        ("RoleName", "Audit"),
        ("Path", "/secret/"),
        ("AssumeRolePolicyDocument", &trust),
    ]);
    root.must("CreateRole", &role).await;
    root.must("CreateGroup", "GroupName=Audit&Path=%2Fsecret%2F")
        .await;
    let arn = |rest: &str| format!("arn:aws:iam::123456789012:{rest}");
    let (policy, user) = (arn("policy/secret/P"), arn("user/Eve"));
    let of_policy = form(&[("PolicyArn", &policy)]);
    let simulated = form(&[("PolicySourceArn", &user), ("ActionNames.member.1", "s3:*")]);
    let create = form(&[
        ("PolicyName", "P"),
        ("Path", "/secret/"),
        ("PolicyDocument", "{}"),
    ]);
    for (action, form, resource) in [
        ("GetUser", "UserName=eve", "user eve"),
        ("GetUser", "UserName=absent", "user absent"),
        ("UpdateUser", "UserName=Eve&NewUserName=x", "user Eve"),
        ("ListAccessKeys", "UserName=Eve", "user Eve"),
        (
            "AttachUserPolicy",
            &*(of_policy.clone() + "&UserName=Eve"),
            "user Eve",
        ),
        ("GetRole", "RoleName=Audit", "role Audit"),
        (
            "PutRolePermissionsBoundary",
            &*("RoleName=Audit&PermissionsBoundary=".to_owned() + &arn("policy%2Fx")),
            &*arn("role/Audit"),
        ),
        (
            "DeleteRolePermissionsBoundary",
            "RoleName=Audit",
            "role Audit",
        ),
        (
            "AddUserToGroup",
            "GroupName=Audit&UserName=Eve",
            "group Audit",
        ),
        ("GetPolicy", &of_policy, &*format!("policy {policy}")),
        (
            "ListPolicyVersions",
            &of_policy,
            &*format!("policy {policy}"),
        ),
        ("CreatePolicy", &create, "policy P"),
        (
            "GetInstanceProfile",
            "InstanceProfileName=x",
            "instance profile x",
        ),
        // Of these, and of all that is about to be made, the ARN was seen.
        ("CreateUser", "UserName=x&Path=%2Fp%2F", &*arn("user/p/x")),
        ("ListUsers", "", &*arn("user/")),
        ("GetAccountSummary", "", "*"),
        // The path of who is there is not told either.
        ("SimulatePrincipalPolicy", &simulated, &user),
        ("GetContextKeysForPrincipalPolicy", &simulated, &user),
    ] {
        let reason = format!("because no identity-based policy allows the iam:{action} action");
        let expected = denied(&format!("iam:{action}"), resource, &reason);
        assert_eq!(bob.refused(action, form).await, expected, "{action} {form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_access_key_it_is_is_told_only_to_who_may_know() {
    let (world, bob) = world().await;
    let root = world.root();
    let key = root.must("CreateAccessKey", "UserName=Eve").await;
    let key = key.text("AccessKeyId");
    let refusal = |key: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::123456789012:user/team/Bob is not authorized to \
             perform iam:GetAccessKeyLastUsed on resource: access key {key}"
        )
    };
    for id in [key, "AKIAIOSFODNN7EXAMPLE"] {
        let form = format!("AccessKeyId={id}");
        assert_eq!(
            bob.refused("GetAccessKeyLastUsed", &form).await,
            refusal(id)
        );
    }
    let allow = r#"{"Effect": "Allow", "Action": "iam:GetAccessKeyLastUsed", "Resource": "*"}"#;
    root.set_user_policy("Bob", allow).await;
    let told = bob
        .must("GetAccessKeyLastUsed", &format!("AccessKeyId={key}"))
        .await;
    assert_eq!(told.text("UserName"), "Eve");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_by_a_managed_policy_tells_its_arn() {
    let (world, bob) = world().await;
    let root = world.root();
    let deny = policy_document(r#"{"Effect": "Deny", "Action": "iam:Get*", "Resource": "*"}"#);
    let other = policy_document(r#"{"Effect": "Deny", "Action": "iam:List*", "Resource": "*"}"#);
    for (name, document) in [("Other", &other), ("NoGetting", &deny)] {
        let create = form(&[("PolicyName", name), ("PolicyDocument", document)]);
        root.must("CreatePolicy", &create).await;
        let arn = format!("arn:aws:iam::123456789012:policy/{name}");
        root.must("CreateGroup", &form(&[("GroupName", name)]))
            .await;
        let attach = form(&[("GroupName", name), ("PolicyArn", &arn)]);
        root.must("AttachGroupPolicy", &attach).await;
        let add = form(&[("GroupName", name), ("UserName", "Bob")]);
        root.must("AddUserToGroup", &add).await;
    }
    let by = "with an explicit deny in an identity-based policy";
    let by_managed = format!("{by}: arn:aws:iam::123456789012:policy/NoGetting");
    let get = async || bob.refused("GetUser", "UserName=Eve").await;
    assert_eq!(get().await, denied("iam:GetUser", "user Eve", &by_managed));
    // An inline policy is nothing that could be named, but the managed one still is.
    let inline = r#"{"Effect": "Deny", "Action": "iam:GetUser", "Resource": "*"}"#;
    root.set_user_policy("Bob", inline).await;
    assert_eq!(get().await, denied("iam:GetUser", "user Eve", &by_managed));
    root.must("RemoveUserFromGroup", "GroupName=NoGetting&UserName=Bob")
        .await;
    assert_eq!(get().await, denied("iam:GetUser", "user Eve", by));
    let of_aws = "PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAWSDenyAll&UserName=Bob";
    root.must("AttachUserPolicy", of_aws).await;
    let by_aws = format!("{by}: arn:aws:iam::aws:policy/AWSDenyAll");
    let listed = bob.refused("ListUsers", "").await;
    assert!(listed.contains(by), "{listed}");
    assert_eq!(get().await, denied("iam:GetUser", "user Eve", &by_aws));
    let boundary = form(&[
        ("UserName", "Eve"),
        (
            "PermissionsBoundary",
            "arn:aws:iam::123456789012:policy/NoGetting",
        ),
    ]);
    root.must("PutUserPermissionsBoundary", &boundary).await;
    let eve = world.user("Eve").await;
    let refused = eve.refused("GetUser", "UserName=Eve").await;
    let boundary = "with an explicit deny in a permissions boundary: \
        arn:aws:iam::123456789012:policy/NoGetting";
    assert!(refused.ends_with(boundary), "{refused}");
}
