//! Service-linked roles and their deletion tasks.

use keyward_names::Timestamp;
use keyward_testkit::{Quotas, World, form};

use crate::support::{BOB, not_allowed};

const NONE: Vec<String> = Vec::new();
const BATCH: &str = "AWSServiceName=batch.amazonaws.com";
const SCALING: &str = "AWSServiceName=autoscaling.amazonaws.com";

/// Checks that a trust policy, percent-encoded as answers have it, has a part.
fn check_has(document: &str, part: &str) {
    let document = document
        .replace("%22", "\"")
        .replace("%3A", ":")
        .replace("%5B", "[")
        .replace("%5D", "]");
    assert!(document.contains(part), "{part} in {document}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_gets_its_role_with_trust_and_policy() {
    let world = World::new().await;
    let root = world.root();
    let made = root
        .must(
            "CreateServiceLinkedRole",
            &format!("{BATCH}&Description=what"),
        )
        .await;
    assert_eq!(
        made.text("Arn"),
        "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    );
    assert_eq!(made.text("Path"), "/aws-service-role/batch.amazonaws.com/");
    assert!(made.text("RoleId").starts_with("AROARZPUZDIK"));
    for absent in ["<Description", "<MaxSession", "<Tags", "<RoleLastUsed"] {
        assert!(!made.body.contains(absent), "{}", made.body);
    }
    let document = made.text("AssumeRolePolicyDocument");
    check_has(document, r#""Service":["batch.amazonaws.com"]"#);
    check_has(document, r#""Action":["sts:AssumeRole"]"#);
    for world in [&world, &world.other_node().await] {
        let root = world.root();
        let got = root
            .must("GetRole", "RoleName=awsserviceroleforbatch")
            .await;
        assert_eq!(got.text("Description"), "what");
        assert_eq!(got.text("MaxSessionDuration"), "3600");
        let document = got.text("AssumeRolePolicyDocument");
        check_has(document, r#""Service":"batch.amazonaws.com""#);
        check_has(document, r#""Action":"sts:AssumeRole""#);
        let attached = root
            .must(
                "ListAttachedRolePolicies",
                "RoleName=AWSServiceRoleForBatch",
            )
            .await;
        assert_eq!(
            attached.texts("PolicyArn"),
            ["arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy"]
        );
        assert_eq!(world.account().await.broken_invariants(), NONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_services_have_several_roles_by_suffix() {
    let world = World::with_quotas(Quotas {
        roles_per_account: 3,
        ..Quotas::default()
    })
    .await;
    let scaling = |suffix: &str| format!("{SCALING}&CustomSuffix={suffix}");
    let long = "x".repeat(64);
    world.root().check(&[
        ("CreateServiceLinkedRole", SCALING, "200"),
        ("CreateServiceLinkedRole", &scaling("one"), "200"),
        (
            "CreateServiceLinkedRole",
            &scaling("ONE"),
            "400 InvalidInput: Service role name AWSServiceRoleForAutoScaling_ONE has been taken in this account, please try a different suffix.",
        ),
        ("CreateServiceLinkedRole", BATCH, "200"),
        (
            "CreateServiceLinkedRole",
            &format!("{BATCH}&CustomSuffix=one"),
            "400 InvalidInput: Custom suffix is not allowed for batch.amazonaws.com",
        ),
        (
            "CreateServiceLinkedRole",
            BATCH,
            "400 InvalidInput: Service role name AWSServiceRoleForBatch has been taken in this account, please try a different suffix.",
        ),
        (
            "CreateServiceLinkedRole",
            &scaling("two"),
            "409 LimitExceeded: Cannot exceed quota for RolesPerAccount: 3",
        ),
        (
            "CreateServiceLinkedRole",
            &scaling(&long),
            &format!("400 InvalidInput: Service role name AWSServiceRoleForAutoScaling_{long} is longer than 64 characters."),
        ),
        (
            "CreateServiceLinkedRole",
            "AWSServiceName=nothing.amazonaws.com",
            "400 InvalidInput: nothing.amazonaws.com is not a service that has service-linked roles.",
        ),
    ])
    .await;
    let roles = world.root().must("ListRoles", "").await;
    assert_eq!(
        roles.texts("RoleName"),
        [
            "AWSServiceRoleForAutoScaling",
            "AWSServiceRoleForAutoScaling_one",
            "AWSServiceRoleForBatch"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_description_and_tags_of_a_services_role_are_the_accounts() {
    let world = World::new().await;
    let root = world.root();
    let name = "RoleName=awsserviceroleforbatch";
    let protected = "400 UnmodifiableEntity: Cannot perform the operation on the protected role 'AWSServiceRoleForBatch' - this role is only modifiable by AWS";
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    root.must_all(&[
        ("CreateServiceLinkedRole", BATCH),
        ("CreateInstanceProfile", "InstanceProfileName=Web"),
        ("UpdateRole", &format!("{name}&Description=new")),
        (
            "UpdateRoleDescription",
            &format!("{name}&Description=newer"),
        ),
        (
            "TagRole",
            &format!("{name}&Tags.member.1.Key=k&Tags.member.1.Value="),
        ),
        ("UntagRole", &format!("{name}&TagKeys.member.1=k")),
    ])
    .await;
    for (action, form) in [
        ("DeleteRole", name.to_owned()),
        ("UpdateAssumeRolePolicy", format!("{name}&PolicyDocument=x")),
        ("AttachRolePolicy", format!("{name}&PolicyArn={read_only}")),
        ("DetachRolePolicy", format!("{name}&PolicyArn={read_only}")),
        (
            "PutRolePolicy",
            format!("{name}&PolicyName=p&PolicyDocument=x"),
        ),
        ("DeleteRolePolicy", format!("{name}&PolicyName=p")),
        (
            "PutRolePermissionsBoundary",
            format!("{name}&PermissionsBoundary={read_only}"),
        ),
        ("DeleteRolePermissionsBoundary", name.to_owned()),
        (
            "AddRoleToInstanceProfile",
            format!("{name}&InstanceProfileName=Web"),
        ),
        (
            "RemoveRoleFromInstanceProfile",
            format!("{name}&InstanceProfileName=Web"),
        ),
    ] {
        assert_eq!(root.refused(action, &form).await, protected);
    }
    assert_eq!(
        root.refused(
            "UpdateRole",
            &format!("{name}&Description=x&MaxSessionDuration=3600")
        )
        .await,
        "400 UnmodifiableEntity: AWSServiceRoleForBatch is an AWS service linked role, max session duration cannot be changed."
    );
    let got = root.must("GetRole", name).await;
    assert_eq!(got.text("Description"), "newer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_done_at_once_and_its_task_is_known() {
    let world = World::new().await;
    let root = world.root();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let ordinary = form(&[
        ("RoleName", "Ordinary"),
        ("AssumeRolePolicyDocument", trust),
    ]);
    root.must_all(&[
        ("CreateServiceLinkedRole", BATCH),
        ("CreateRole", &ordinary),
    ])
    .await;
    let name = "RoleName=AWSServiceRoleForBatch";
    let deleted = root.must("DeleteServiceLinkedRole", name).await;
    let task = deleted.text("DeletionTaskId").to_owned();
    let beginning = "task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/";
    let uuid = task.strip_prefix(beginning).unwrap();
    let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(uuid.chars().nth(14), Some('4'));
    for world in [&world, &world.other_node().await] {
        let asked = format!("DeletionTaskId={task}");
        let status = world
            .root()
            .must("GetServiceLinkedRoleDeletionStatus", &asked)
            .await;
        assert_eq!(status.text("Status"), "SUCCEEDED");
        assert!(!status.body.contains("<Reason"), "{}", status.body);
        let account = world.account().await;
        assert_eq!(account.broken_invariants(), NONE);
        assert_eq!(account.used_policy_count(), 0);
    }
    let unknown = format!("DeletionTaskId={beginning}00000000-0000-4000-8000-000000000000");
    root.check(&[
        (
            "GetRole",
            name,
            "404 NoSuchEntity: The role with name AWSServiceRoleForBatch cannot be found.",
        ),
        (
            "DeleteServiceLinkedRole",
            name,
            "404 NoSuchEntity: The role with name AWSServiceRoleForBatch cannot be found.",
        ),
        (
            "DeleteServiceLinkedRole",
            "RoleName=ordinary",
            "404 NoSuchEntity: Ordinary exists but is not a service role.",
        ),
        (
            "GetServiceLinkedRoleDeletionStatus",
            &unknown,
            "404 NoSuchEntity: Cannot find deletion status for given id.",
        ),
    ])
    .await;
    for other in [
        "x".to_owned(),
        beginning.to_owned(),
        format!("{task}/"),
        format!("{task}0"),
        task.replace("batch.amazonaws.com", ""),
        task.replace('-', "0"),
        task.replace("task/", "tasks/"),
    ] {
        let asked = format!("DeletionTaskId={other}");
        let invalid = "400 InvalidInput: Invalid task id";
        assert_eq!(
            root.refused("GetServiceLinkedRoleDeletionStatus", &asked)
                .await,
            invalid
        );
    }
    // The role may come again, as another.
    root.must("CreateServiceLinkedRole", BATCH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_deletions_the_oldest_is_forgotten() {
    let world = World::new().await;
    let root = world.root();
    world
        .installation
        .clock()
        .set(Timestamp::from_unix_seconds(1_800_000_000));
    let delete = async || {
        root.must("CreateServiceLinkedRole", BATCH).await;
        let name = "RoleName=AWSServiceRoleForBatch";
        let deleted = root.must("DeleteServiceLinkedRole", name).await;
        format!("DeletionTaskId={}", deleted.text("DeletionTaskId"))
    };
    let mut tasks = Vec::new();
    for seconds in 0..1_001 {
        let now = Timestamp::from_unix_seconds(1_800_000_000 + seconds);
        world.installation.clock().set(now);
        tasks.push(delete().await);
    }
    let status = async |task: &String| {
        root.ask("GetServiceLinkedRoleDeletionStatus", task)
            .await
            .status
    };
    assert_eq!(status(tasks.first().unwrap()).await, 404);
    for task in tasks.iter().skip(1).step_by(99) {
        assert_eq!(status(task).await, 200);
    }
    assert_eq!(world.account().await.role_deletions().count(), 1_000);
    let elsewhere = world.other_node().await.account().await;
    assert!(*elsewhere == *world.account().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_to_the_roles_arn_and_by_the_service() {
    let world = World::new().await;
    let root = world.root();
    let of_scaling = r#"
        {"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringLike":{"iam:AWSServiceName":"autoscaling.*"}}},
        {"Effect":"Allow","Action":["iam:DeleteServiceLinkedRole","iam:GetServiceLinkedRoleDeletionStatus"],"Resource":"arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_mine"}"#;
    root.must("CreateUser", "UserName=Bob").await;
    root.set_user_policy("Bob", of_scaling).await;
    let bob = world.user("Bob").await;
    let denied = |action: &str, role: &str| {
        let role = format!("arn:aws:iam::123456789012:role/aws-service-role/{role}");
        not_allowed(BOB, &format!("iam:{action}"), &role)
    };
    bob.check(&[
        (
            "CreateServiceLinkedRole",
            BATCH,
            &denied(
                "CreateServiceLinkedRole",
                "batch.amazonaws.com/AWSServiceRoleForBatch",
            ),
        ),
        (
            "CreateServiceLinkedRole",
            "AWSServiceName=x.amazonaws.com",
            &denied("CreateServiceLinkedRole", "x.amazonaws.com/"),
        ),
        ("CreateServiceLinkedRole", SCALING, "200"),
        (
            "CreateServiceLinkedRole",
            &format!("{SCALING}&CustomSuffix=mine"),
            "200",
        ),
        (
            "DeleteServiceLinkedRole",
            "RoleName=AWSServiceRoleForAutoScaling",
            &not_allowed(
                BOB,
                "iam:DeleteServiceLinkedRole",
                "role AWSServiceRoleForAutoScaling",
            ),
        ),
    ])
    .await;
    let mine = bob
        .must(
            "DeleteServiceLinkedRole",
            "RoleName=awsserviceroleforautoscaling_MINE",
        )
        .await;
    let task = format!("DeletionTaskId={}", mine.text("DeletionTaskId"));
    let others = task.replace("_mine", "");
    bob.check(&[
        ("GetServiceLinkedRoleDeletionStatus", &task, "200"),
        (
            "GetServiceLinkedRoleDeletionStatus",
            &others,
            &denied(
                "GetServiceLinkedRoleDeletionStatus",
                "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            ),
        ),
    ])
    .await;
}
