//! `SimulatePrincipalPolicy`: what the policies that a principal has would allow it.

use keyward_testkit::World;

const GET: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}}"#;
const BOB: &str = "arn:aws:iam::123456789012:user/bob";

async fn world() -> World {
    let world = World::new().await;
    for (action, form) in [
        ("CreateUser", "UserName=Bob&Path=%2Fa%2F".to_owned()),
        ("CreateGroup", "GroupName=Staff".to_owned()),
        ("AddUserToGroup", "GroupName=Staff&UserName=Bob".to_owned()),
        (
            "PutUserPolicy",
            format!("UserName=Bob&PolicyName=get&PolicyDocument={GET}"),
        ),
        (
            "CreatePolicy",
            format!("PolicyName=no&Path=%2Fx%2F&PolicyDocument={DENY}"),
        ),
        (
            "AttachGroupPolicy",
            "GroupName=Staff&PolicyArn=arn:aws:iam::123456789012:policy/x/no".to_owned(),
        ),
    ] {
        world.root().must(action, &form).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_principals_own_policies_decide_and_those_of_its_groups() {
    let world = world().await;
    let ask = async |action: &str, more: &str| {
        let form = format!("PolicySourceArn={BOB}&ActionNames.member.1={action}{more}");
        world.root().ask("SimulatePrincipalPolicy", &form).await
    };
    let got = ask("s3:GetBucketAcl", "").await;
    assert_eq!(got.text("EvalDecision"), "allowed");
    assert_eq!(got.texts("SourcePolicyId"), ["user_Bob_get"]);
    assert_eq!(got.texts("SourcePolicyType"), ["IAM Policy"]);
    let got = ask("s3:GetObject", "").await;
    assert_eq!(got.text("EvalDecision"), "explicitDeny");
    assert_eq!(got.texts("SourcePolicyId"), ["no"]);
    let without = "&PolicyExclusionList.member.1.PolicyArn=arn:aws:iam::123456789012:policy/no";
    assert_eq!(
        ask("s3:GetObject", without).await.text("EvalDecision"),
        "allowed"
    );
    let without = "&PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName=get\
                   &PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType=user\
                   &PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentName=*ob";
    let got = ask("s3:GetBucketAcl", without).await;
    assert_eq!(got.text("EvalDecision"), "implicitDeny");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_says_what_the_gate_does_also_under_a_boundary() {
    let world = world().await;
    let root = world.root();
    let all = GET.replace("s3:Get*", "*");
    for (action, form) in [
        (
            "PutUserPolicy",
            format!("UserName=Bob&PolicyName=all&PolicyDocument={all}"),
        ),
        (
            "PutUserPermissionsBoundary",
            "UserName=Bob&PermissionsBoundary=arn:aws:iam::aws:policy/IAMReadOnlyAccess".to_owned(),
        ),
    ] {
        root.must(action, &form).await;
    }
    let bob = world.user("Bob").await;
    for (action, form) in [
        ("GetUser", "UserName=Bob"),
        ("DeleteGroup", "GroupName=None"),
    ] {
        let asked = format!("PolicySourceArn={BOB}&ActionNames.member.1=iam:{action}");
        let simulated = root.must("SimulatePrincipalPolicy", &asked).await;
        let is_allowed = simulated.text("EvalDecision") == "allowed";
        let fault = bob.ask(action, form).await.fault();
        assert_eq!(
            is_allowed,
            !fault.contains("AccessDenied"),
            "{action}: {fault}"
        );
    }
    let asked = format!("PolicySourceArn={BOB}&ActionNames.member.1=iam:DeleteGroup");
    let simulated = root.must("SimulatePrincipalPolicy", &asked).await;
    assert_eq!(simulated.text("AllowedByPermissionsBoundary"), "false");
    let denied = bob.refused("DeleteGroup", "GroupName=None").await;
    assert!(
        denied.ends_with("because no permissions boundary allows the iam:DeleteGroup action"),
        "{denied}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_there_is_told_as_such() {
    let world = world().await;
    let ask = async |arn: &str| {
        let form = format!("PolicySourceArn={arn}&ActionNames.member.1=s3:GetObject");
        world
            .root()
            .ask("SimulatePrincipalPolicy", &form)
            .await
            .fault()
    };
    assert!(
        ask("arn:aws:iam::123456789012:role/bob")
            .await
            .starts_with("404 NoSuchEntity")
    );
    assert!(
        ask("arn:aws:s3:::123456789012/bob")
            .await
            .starts_with("400 InvalidInput")
    );
}
