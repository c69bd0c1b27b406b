//! `aws-sdk-iam` against a running server, whose address is in `ENDPOINT`.

#![cfg(test)]

use std::time::Duration;

use aws_sdk_iam::client::Waiters;
use aws_sdk_iam::config::retry::RetryConfig;
use aws_sdk_iam::config::{Credentials, Region};
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::types::{PolicyEvaluationDecisionType, PolicyScopeType, SummaryKeyType, Tag};
use aws_sdk_iam::{Client, Config};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const SOON: Duration = Duration::from_secs(5);

fn iam() -> Client {
    let endpoint = std::env::var("ENDPOINT").expect("ENDPOINT names the server");
    Client::from_conf(
        Config::builder()
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build(),
    )
}

#[tokio::test]
async fn users_are_made_and_listed_over_pages() {
    let iam = iam();
    for number in 0..5 {
        let tag = Tag::builder().key("a").value("b").build().unwrap();
        let request = iam.create_user().path("/paged/").tags(tag);
        let made = request
            .user_name(format!("paged-{number}"))
            .send()
            .await
            .unwrap();
        let arn = format!("arn:aws:iam::000000000000:user/paged/paged-{number}");
        assert_eq!(made.user().unwrap().arn(), arn);
    }
    let mut pages = iam
        .list_users()
        .path_prefix("/paged/")
        .max_items(2)
        .into_paginator()
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().users().len());
    }
    assert_eq!(sizes, [2, 2, 1]);
    iam.wait_until_user_exists()
        .user_name("paged-0")
        .wait(SOON)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_role_with_a_policy_in_an_instance_profile() {
    let iam = iam();
    let request = iam.create_role().role_name("Work");
    let role = request.assume_role_policy_document(TRUST).send().await;
    let role_arn = role.unwrap().role().unwrap().arn().to_owned();
    let request = iam.create_policy().policy_name("Reading");
    let policy = request.policy_document(READ).send().await.unwrap();
    let arn = policy.policy().unwrap().arn().unwrap();
    let attach = iam.attach_role_policy().role_name("Work");
    attach.policy_arn(arn).send().await.unwrap();
    let make = iam.create_instance_profile();
    make.instance_profile_name("Box").send().await.unwrap();
    let add = iam.add_role_to_instance_profile().role_name("Work");
    add.instance_profile_name("Box").send().await.unwrap();

    let shown = iam.get_role().role_name("wORK").send().await.unwrap();
    assert_eq!(shown.role().unwrap().max_session_duration(), Some(3600));
    let boxes = iam.list_instance_profiles_for_role().role_name("Work");
    let boxes = boxes.send().await.unwrap();
    assert_eq!(boxes.instance_profiles()[0].instance_profile_name(), "Box");
    let simulate = iam.simulate_principal_policy().policy_source_arn(role_arn);
    let simulate = simulate
        .action_names("s3:GetObject")
        .action_names("s3:PutObject");
    let decisions: Vec<_> = simulate
        .send()
        .await
        .unwrap()
        .evaluation_results()
        .iter()
        .map(|result| result.eval_decision().clone())
        .collect();
    assert_eq!(
        decisions,
        [
            PolicyEvaluationDecisionType::Allowed,
            PolicyEvaluationDecisionType::ImplicitDeny
        ]
    );
    let wait = iam.wait_until_role_exists().role_name("Work");
    wait.wait(SOON).await.unwrap();
    let wait = iam.wait_until_policy_exists().policy_arn(arn);
    wait.wait(SOON).await.unwrap();
    let wait = iam.wait_until_instance_profile_exists();
    let wait = wait.instance_profile_name("Box");
    wait.wait(SOON).await.unwrap();
}

#[tokio::test]
async fn errors_are_of_their_kinds_and_say_what_is_wrong() {
    let iam = iam();
    iam.create_group().group_name("Crew").send().await.unwrap();
    iam.create_user().user_name("Bob").send().await.unwrap();
    let add = iam.add_user_to_group().group_name("Crew").user_name("Bob");
    add.send().await.unwrap();

    let twice = iam.create_group().group_name("crew").send().await;
    let twice = twice.unwrap_err();
    assert_eq!(status(&twice), 409);
    assert!(
        twice
            .as_service_error()
            .unwrap()
            .is_entity_already_exists_exception()
    );
    assert_eq!(
        twice.message(),
        Some("Group with name crew already exists.")
    );

    let conflict = iam.delete_group().group_name("Crew").send().await;
    let conflict = conflict.unwrap_err();
    assert!(
        conflict
            .as_service_error()
            .unwrap()
            .is_delete_conflict_exception()
    );
    assert_eq!(conflict.code(), Some("DeleteConflict"));

    let missing = iam.get_role().role_name("Nobody").send().await;
    let missing = missing.unwrap_err();
    assert_eq!(status(&missing), 404);
    assert!(
        missing
            .as_service_error()
            .unwrap()
            .is_no_such_entity_exception()
    );
    assert_eq!(
        missing.message(),
        Some("The role with name Nobody cannot be found.")
    );
}

#[tokio::test]
async fn the_account_is_summed_up_and_policies_of_aws_are_there() {
    let iam = iam();
    let summary = iam.get_account_summary().send().await.unwrap();
    let quota = summary
        .summary_map()
        .unwrap()
        .get(&SummaryKeyType::UsersQuota);
    assert_eq!(quota, Some(&5000));
    let pages = iam.list_policies().scope(PolicyScopeType::Aws);
    let mut policies = pages.max_items(1000).into_paginator().items().send();
    let mut number = 0;
    while let Some(policy) = policies.next().await {
        policy.unwrap();
        number += 1;
    }
    assert!(number > 1000, "{number}");
}

fn status<E>(error: &SdkError<E>) -> u16 {
    error.raw_response().unwrap().status().as_u16()
}
