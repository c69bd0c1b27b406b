//! Managed policies, who uses them, and what they let users do, told through the wire.

use keyward_testkit::{Quotas, World, form, policy_document};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const OWN: &str = "arn:aws:iam::123456789012:policy/team/Reader";

fn document(effect: &str, action: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}}}"#
    )
}

/// A world with a user Bob and the policy `/team/Reader`, which allows `iam:Get*`.
async fn world() -> World {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let text = document("Allow", "iam:Get*");
    let create = [
        ("PolicyName", "Reader"),
        ("Path", "/team/"),
        ("PolicyDocument", &*text),
    ];
    root.must("CreatePolicy", &form(&create)).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_show_what_they_were_seen_to_show() {
    let world = World::new().await;
    let root = world.root();
    let text = document("Allow", "s3:*");
    let create = [
        ("PolicyName", "P"),
        ("PolicyDocument", &*text),
        ("Description", "what for"),
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "B"),
        ("Tags.member.2.Value", "2"),
    ];
    let created = root.must("CreatePolicy", &form(&create)).await;
    assert!(created.text("PolicyId").starts_with("ANPARZPUZDIK"));
    assert_eq!(created.texts("Key"), ["b", "B"]);
    assert_eq!(created.text("DefaultVersionId"), "v1");
    assert!(!created.body.contains("<Description>"), "{}", created.body);
    let arn = "arn:aws:iam::123456789012:policy/P";
    let got = root.must("GetPolicy", &form(&[("PolicyArn", arn)])).await;
    assert_eq!(got.text("Description"), "what for");
    assert_eq!(got.texts("Key"), ["B", "b"]);
    assert_eq!(got.text("IsAttachable"), "true");
    let listed = root.must("ListPolicies", "Scope=Local").await;
    assert!(!listed.body.contains("Description") && !listed.body.contains("Tags"));
    let aws = root
        .must("GetPolicy", &form(&[("PolicyArn", READ_ONLY)]))
        .await;
    assert!(aws.body.contains("<Tags/>"), "{}", aws.body);
    assert_eq!(aws.text("CreateDate"), "2015-02-06T18:39:48Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_come_and_go_and_their_numbers_do_not_come_back() {
    let world = world().await;
    let root = world.root();
    let put = async |text: &str, more: &[(&str, &str)]| {
        let mut pairs = vec![("PolicyArn", OWN), ("PolicyDocument", text)];
        pairs.extend_from_slice(more);
        root.ask("CreatePolicyVersion", &form(&pairs)).await
    };
    for number in 2..=5 {
        let made = put(&document("Allow", "s3:*"), &[]).await;
        assert_eq!(made.text("VersionId"), format!("v{number}"));
        assert_eq!(made.text("IsDefaultVersion"), "false");
        assert!(!made.body.contains("<Document>"), "{}", made.body);
    }
    assert_eq!(
        put(&document("Allow", "s3:*"), &[]).await.fault(),
        "409 LimitExceeded: A managed policy can have up to 5 versions. Before you create a new \
         version, you must delete an existing version."
    );
    let version = |id: &'static str| [("PolicyArn", OWN), ("VersionId", id)];
    assert_eq!(
        root.refused("DeletePolicyVersion", &form(&version("v1")))
            .await,
        "409 DeleteConflict: Cannot delete the default version of a policy."
    );
    assert_eq!(
        root.refused("DeletePolicy", &form(&[("PolicyArn", OWN)]))
            .await,
        "409 DeleteConflict: This policy has more than one version. Before you delete a policy, you \
         must delete the policy's versions. The default version is deleted with the policy."
    );
    root.must("DeletePolicyVersion", &form(&version("v5")))
        .await;
    let sixth = put(&document("Deny", "s3:*"), &[("SetAsDefault", "true")]).await;
    assert_eq!(
        (sixth.text("VersionId"), sixth.text("IsDefaultVersion")),
        ("v6", "true")
    );
    let listed = root
        .must(
            "ListPolicyVersions",
            &form(&[("PolicyArn", OWN), ("MaxItems", "2")]),
        )
        .await;
    assert_eq!(listed.texts("VersionId"), ["v6", "v4"]);
    let marker = listed.text("Marker").to_owned();
    let rest = [("PolicyArn", OWN), ("Marker", &*marker)];
    let rest = root.must("ListPolicyVersions", &form(&rest)).await;
    assert_eq!(rest.texts("VersionId"), ["v3", "v2", "v1"]);
    let got = root.must("GetPolicyVersion", &form(&version("v6"))).await;
    assert!(got.text("Document").contains("%22Deny%22"), "{}", got.body);
    for (action, id) in [
        ("GetPolicyVersion", "v5"),
        ("SetDefaultPolicyVersion", "v05"),
    ] {
        let fault = root
            .refused(action, &form(&[("PolicyArn", OWN), ("VersionId", id)]))
            .await;
        let wanted = if id == "v5" {
            format!(
                "404 NoSuchEntity: Policy {OWN} version v5 does not exist or is not attachable."
            )
        } else {
            "400 ValidationError: 1 validation error detected: Value at 'versionId' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: \
             v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"
                .replace("\\\\", "\\")
        };
        assert_eq!(fault, wanted);
    }
    root.must("SetDefaultPolicyVersion", &form(&version("v1")))
        .await;
    root.must("DeletePolicyVersion", &form(&version("v6")))
        .await;
    assert_eq!(
        world.account().await.broken_invariants(),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_found_by_their_arn_and_made_once_for_each_name() {
    let world = world().await;
    let root = world.root();
    let text = document("Allow", "s3:*");
    for (path, name) in [("/team/", "Reader"), ("/", "READER")] {
        let create = [
            ("PolicyName", name),
            ("Path", path),
            ("PolicyDocument", &*text),
        ];
        assert_eq!(
            root.refused("CreatePolicy", &form(&create)).await,
            format!(
                "409 EntityAlreadyExists: A policy called {name} already exists. Duplicate names are \
                 not allowed."
            )
        );
    }
    for arn in [
        "arn:aws:iam::123456789012:policy/Reader",
        "arn:aws:iam::123456789012:policy/team2/Reader",
        "arn:aws:iam::123456789013:policy/team/Reader",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
    ] {
        assert_eq!(
            root.refused("GetPolicy", &form(&[("PolicyArn", arn)]))
                .await,
            format!("404 NoSuchEntity: Policy {arn} was not found.")
        );
        assert_eq!(
            root.refused("ListEntitiesForPolicy", &form(&[("PolicyArn", arn)]))
                .await,
            format!("404 NoSuchEntity: Policy {arn} does not exist or is not attachable.")
        );
    }
    let no_arn = [("PolicyArn", "this-is-not-an-arn-at-all")];
    assert_eq!(
        root.refused("GetPolicy", &form(&no_arn)).await,
        "400 ValidationError: ARN this-is-not-an-arn-at-all is not valid."
    );
    let elsewhere = [("PolicyArn", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess")];
    assert_eq!(
        root.refused("GetPolicy", &form(&elsewhere)).await,
        "400 ValidationError: Invalid ARN partition"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_aws_are_nobodys_to_change() {
    let world = world().await;
    let root = world.root();
    let text = document("Allow", "s3:*");
    for (action, pairs, what) in [
        ("DeletePolicy", vec![], "delete policies"),
        (
            "CreatePolicyVersion",
            vec![("PolicyDocument", &*text)],
            "create versions for policies",
        ),
        (
            "DeletePolicyVersion",
            vec![("VersionId", "v1")],
            "delete policy versions for policies",
        ),
        (
            "SetDefaultPolicyVersion",
            vec![("VersionId", "v1")],
            "update policies",
        ),
    ] {
        for arn in [READ_ONLY, "arn:aws:iam::aws:policy/NoSuchPolicy"] {
            let pairs = [&[("PolicyArn", arn)][..], &pairs].concat();
            assert_eq!(
                root.refused(action, &form(&pairs)).await,
                format!("403 AccessDenied: Cannot {what} outside your own account.")
            );
        }
    }
    let tag = [
        ("PolicyArn", READ_ONLY),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", ""),
    ];
    assert_eq!(
        root.refused("TagPolicy", &form(&tag)).await,
        "400 InvalidInput: Tags not supported for policies in this domain"
    );
    let tags = root
        .must("ListPolicyTags", &form(&[("PolicyArn", READ_ONLY)]))
        .await;
    assert!(tags.body.contains("<Tags/>"), "{}", tags.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attached_policy_counts_at_once_and_with_the_version_that_counts() {
    let world = world().await;
    let (root, bob) = (world.root(), world.user("Bob").await);
    let attach = [("UserName", "bob"), ("PolicyArn", OWN)];
    let may_get = async || bob.ask("GetUser", "").await.status == 200;
    assert!(!may_get().await);
    root.must("AttachUserPolicy", &form(&attach)).await;
    assert!(may_get().await);
    root.must("AttachUserPolicy", &form(&attach)).await;
    let got = root.must("GetPolicy", &form(&[("PolicyArn", OWN)])).await;
    assert_eq!(got.text("AttachmentCount"), "1");
    let text = document("Deny", "iam:GetUser");
    let version = [("PolicyArn", OWN), ("PolicyDocument", &*text)];
    root.must("CreatePolicyVersion", &form(&version)).await;
    assert!(may_get().await);
    root.must(
        "SetDefaultPolicyVersion",
        &form(&[("PolicyArn", OWN), ("VersionId", "v2")]),
    )
    .await;
    assert!(!may_get().await);
    let elsewhere = world.other_node().await;
    let also_bob = elsewhere.user("Bob").await;
    assert!(also_bob.refused("GetUser", "").await.ends_with(&format!(
        "on resource: user Bob with an explicit deny in an identity-based policy: {OWN}"
    )));
    assert_eq!(
        root.refused("DeletePolicy", &form(&[("PolicyArn", OWN)]))
            .await,
        "409 DeleteConflict: Cannot delete a policy attached to entities."
    );
    root.must("CreateUser", "UserName=Eve").await;
    let to_eve = [("UserName", "Eve"), ("PolicyArn", OWN)];
    root.must("AttachUserPolicy", &form(&to_eve)).await;
    assert_eq!(
        root.refused("DeleteUser", "UserName=Eve").await,
        "409 DeleteConflict: Cannot delete entity, must detach all policies first."
    );
    root.must("DetachUserPolicy", &form(&to_eve)).await;
    root.must("DeleteUser", "UserName=Eve").await;
    root.must("DetachUserPolicy", &form(&attach)).await;
    assert_eq!(
        root.refused("DetachUserPolicy", &form(&attach)).await,
        format!("404 NoSuchEntity: Policy {OWN} was not found.")
    );
    root.must(
        "DeletePolicyVersion",
        &form(&[("PolicyArn", OWN), ("VersionId", "v1")]),
    )
    .await;
    root.must("DeletePolicy", &form(&[("PolicyArn", OWN)]))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_attached_is_there_not_reserved_and_not_too_much() {
    let quotas = Quotas {
        policies_per_user: 1,
        policies_per_account: 1,
        managed_policy_characters: 150,
        ..Quotas::default()
    };
    let world = World::with_quotas(quotas).await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let attach = async |arn: &str| {
        root.ask(
            "AttachUserPolicy",
            &form(&[("UserName", "Bob"), ("PolicyArn", arn)]),
        )
        .await
        .fault()
    };
    let missing = "arn:aws:iam::123456789012:policy/none";
    assert_eq!(
        attach(missing).await,
        format!("404 NoSuchEntity: Policy {missing} does not exist or is not attachable.")
    );
    assert_eq!(
        attach("arn:aws:iam::aws:policy/aws-service-role/APIGatewayServiceRolePolicy").await,
        "400 PolicyNotAttachable: Cannot attach AWS reserved policy to an IAM user."
    );
    assert_eq!(
        attach("no arn but long enough").await,
        "400 ValidationError: ARN no arn but long enough is not valid."
    );
    assert_eq!(attach(READ_ONLY).await, "200");
    assert_eq!(attach(READ_ONLY).await, "200");
    assert_eq!(
        attach("arn:aws:iam::aws:policy/job-function/Billing").await,
        "409 LimitExceeded: Cannot exceed quota for PoliciesPerUser: 1"
    );
    let create = async |name: &str, action: &str| {
        let text = document("Allow", action);
        let pairs = [("PolicyName", name), ("PolicyDocument", &*text)];
        root.ask("CreatePolicy", &form(&pairs)).await.fault()
    };
    assert_eq!(
        create("Large", &format!("s3:{}", "x".repeat(100))).await,
        "409 LimitExceeded: Cannot exceed quota for PolicySize: 150"
    );
    assert_eq!(create("One", "s3:*").await, "200");
    assert_eq!(
        create("Two", "s3:*").await,
        "409 LimitExceeded: Cannot exceed quota for PoliciesPerAccount: 1"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_takes_away_at_once_and_blocks_nothing() {
    let world = world().await;
    let (root, bob) = (world.root(), world.user("Bob").await);
    let text = document("Allow", "*");
    let all = [
        ("UserName", "Bob"),
        ("PolicyName", "all"),
        ("PolicyDocument", &*text),
    ];
    root.must("PutUserPolicy", &form(&all)).await;
    bob.must("ListUsers", "").await;
    let boundary = [("UserName", "Bob"), ("PermissionsBoundary", OWN)];
    root.must("PutUserPermissionsBoundary", &form(&boundary))
        .await;
    let denied = bob.refused("ListUsers", "").await;
    assert!(
        denied.ends_with("because no permissions boundary allows the iam:ListUsers action"),
        "{denied}"
    );
    let got = bob.must("GetUser", "").await;
    assert_eq!(got.text("PermissionsBoundaryArn"), OWN);
    let got = root.must("GetPolicy", &form(&[("PolicyArn", OWN)])).await;
    assert_eq!(got.text("AttachmentCount"), "0");
    assert_eq!(got.text("PermissionsBoundaryUsageCount"), "1");
    assert!(
        root.refused("DeletePolicy", &form(&[("PolicyArn", OWN)]))
            .await
            .starts_with("409")
    );
    root.must("DeleteUserPermissionsBoundary", "UserName=Bob")
        .await;
    bob.must("ListUsers", "").await;
    let again = root
        .refused("DeleteUserPermissionsBoundary", "UserName=Bob")
        .await;
    assert!(again.starts_with("404 NoSuchEntity"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_boundary_may_be_set_hangs_on_which_it_is() {
    let world = world().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Eve").await;
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Action": ["iam:PutUserPermissionsBoundary", "iam:PutUserPolicy", "iam:CreateUser"],
              "Resource": "*", "Condition": {{"StringEquals": {{"iam:PermissionsBoundary": "{OWN}"}}}}}},
            {{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*",
              "Condition": {{"ArnEquals": {{"iam:PolicyARN": "{READ_ONLY}"}}}}}}]}}"#
    );
    let put = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*text),
    ];
    root.must("PutUserPolicy", &form(&put)).await;
    let bob = world.user("Bob").await;
    let bound = async |arn: &str| {
        let pairs = [("UserName", "Eve"), ("PermissionsBoundary", arn)];
        bob.ask("PutUserPermissionsBoundary", &form(&pairs))
            .await
            .status
    };
    let inline = document("Allow", "s3:*");
    let put = [
        ("UserName", "Eve"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*inline),
    ];
    assert_eq!(bob.ask("PutUserPolicy", &form(&put)).await.status, 403);
    assert_eq!(bound(READ_ONLY).await, 403);
    assert_eq!(bound(OWN).await, 200);
    bob.must("PutUserPolicy", &form(&put)).await;
    for (arn, status) in [(READ_ONLY, 200), (OWN, 403)] {
        let pairs = [("UserName", "Eve"), ("PolicyArn", arn)];
        assert_eq!(
            bob.ask("AttachUserPolicy", &form(&pairs)).await.status,
            status,
            "{arn}"
        );
    }
    let create = [("UserName", "New"), ("PermissionsBoundary", OWN)];
    bob.must("CreateUser", &form(&create)).await;
    assert_eq!(bob.ask("CreateUser", "UserName=New2").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_policies_are_by_scope_path_and_use() {
    let world = world().await;
    let root = world.root();
    root.must(
        "AttachUserPolicy",
        &form(&[("UserName", "Bob"), ("PolicyArn", READ_ONLY)]),
    )
    .await;
    root.must(
        "PutUserPermissionsBoundary",
        &form(&[("UserName", "Bob"), ("PermissionsBoundary", OWN)]),
    )
    .await;
    let mut seen = Vec::new();
    let mut marker = None;
    loop {
        let mut pairs = vec![("MaxItems", "1000")];
        if let Some(marker) = marker.as_deref() {
            pairs.push(("Marker", marker));
        }
        let heard = root.must("ListPolicies", &form(&pairs)).await;
        seen.extend(heard.texts("Arn").into_iter().map(str::to_owned));
        if heard.text("IsTruncated") == "false" {
            break;
        }
        marker = Some(heard.text("Marker").to_owned());
    }
    assert_eq!(seen[0], OWN);
    let count = seen.len();
    assert!(count > 1_500, "{count}");
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    let list = async |pairs: &[(&str, &str)]| {
        let heard = root.must("ListPolicies", &form(pairs)).await;
        heard.texts("PolicyName").join(" ")
    };
    assert_eq!(list(&[("Scope", "Local")]).await, "Reader");
    assert_eq!(
        list(&[("Scope", "Local"), ("PathPrefix", "/te/")]).await,
        ""
    );
    assert_eq!(
        list(&[("Scope", "AWS"), ("OnlyAttached", "true")]).await,
        "ReadOnlyAccess"
    );
    assert_eq!(
        list(&[("Scope", "Local"), ("OnlyAttached", "true")]).await,
        "Reader"
    );
    let attached = [
        ("OnlyAttached", "true"),
        ("PolicyUsageFilter", "PermissionsPolicy"),
    ];
    assert_eq!(list(&attached).await, "ReadOnlyAccess");
    let boundary = [
        ("OnlyAttached", "true"),
        ("PolicyUsageFilter", "PermissionsBoundary"),
    ];
    assert_eq!(list(&boundary).await, "Reader");
    let only_filter = [
        ("Scope", "Local"),
        ("PolicyUsageFilter", "PermissionsPolicy"),
    ];
    assert_eq!(list(&only_filter).await, "Reader");
    assert!(
        list(&[("PathPrefix", "/job-function/")])
            .await
            .contains("Billing")
    );
    assert_eq!(
        root.refused("ListPolicies", "Marker=x").await,
        "400 ValidationError: Invalid Marker."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_uses_a_policy_is_listed_in_pages_and_by_how() {
    let world = world().await;
    let root = world.root();
    for name in ["a", "b", "c"] {
        root.must("CreateUser", &form(&[("UserName", name), ("Path", "/x/")]))
            .await;
        root.must(
            "AttachUserPolicy",
            &form(&[("UserName", name), ("PolicyArn", OWN)]),
        )
        .await;
    }
    root.must(
        "PutUserPermissionsBoundary",
        &form(&[("UserName", "a"), ("PermissionsBoundary", OWN)]),
    )
    .await;
    root.must(
        "PutUserPermissionsBoundary",
        &form(&[("UserName", "Bob"), ("PermissionsBoundary", OWN)]),
    )
    .await;
    let list = async |more: &[(&str, &str)]| {
        let pairs = [&[("PolicyArn", OWN)][..], more].concat();
        let heard = root.must("ListEntitiesForPolicy", &form(&pairs)).await;
        let mut names: Vec<_> = heard
            .texts("UserName")
            .into_iter()
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(list(&[]).await, "Bob a b c");
    assert_eq!(
        list(&[("PolicyUsageFilter", "PermissionsPolicy")]).await,
        "a b c"
    );
    assert_eq!(
        list(&[("PolicyUsageFilter", "PermissionsBoundary")]).await,
        "Bob a"
    );
    assert_eq!(list(&[("PathPrefix", "/x/")]).await, "a b c");
    assert_eq!(list(&[("EntityFilter", "Role")]).await, "");
    assert_eq!(list(&[("EntityFilter", "LocalManagedPolicy")]).await, "");
    let mut seen = Vec::new();
    let mut pairs = vec![("PolicyArn", OWN.to_owned()), ("MaxItems", "1".to_owned())];
    loop {
        let asked: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let heard = root.must("ListEntitiesForPolicy", &form(&asked)).await;
        seen.extend(heard.texts("UserName").into_iter().map(str::to_owned));
        if heard.text("IsTruncated") == "false" {
            break;
        }
        pairs.truncate(2);
        pairs.push(("Marker", heard.text("Marker").to_owned()));
    }
    seen.sort_unstable();
    assert_eq!(seen, ["Bob", "a", "b", "c"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn which_policies_let_a_service_be_used_is_judged_document_by_document() {
    let world = world().await;
    let root = world.root();
    for (name, text) in [
        ("some", document("Allow", "s3:GetObject")),
        (
            "none",
            document("Allow", "sqs:*").replace("\"*\"}", "\"arn:aws:s3:::b\"}"),
        ),
        (
            "denied",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]}"#
                .to_owned(),
        ),
    ] {
        let put = [
            ("UserName", "Bob"),
            ("PolicyName", name),
            ("PolicyDocument", &*text),
        ];
        root.must("PutUserPolicy", &form(&put)).await;
    }
    root.must(
        "AttachUserPolicy",
        &form(&[
            ("UserName", "Bob"),
            ("PolicyArn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"),
        ]),
    )
    .await;
    let asked = [
        ("Arn", "arn:aws:iam::123456789012:user/wrong/path/bob"),
        ("ServiceNamespaces.member.1", "s3"),
        ("ServiceNamespaces.member.2", "sqs"),
        ("ServiceNamespaces.member.3", "ec2"),
        ("ServiceNamespaces.member.4", "s3"),
        ("ServiceNamespaces.member.5", "iam"),
    ];
    let heard = root
        .must("ListPoliciesGrantingServiceAccess", &form(&asked))
        .await;
    assert_eq!(heard.texts("ServiceNamespace"), ["s3", "sqs", "ec2", "iam"]);
    assert_eq!(heard.texts("PolicyName"), ["some", "IAMReadOnlyAccess"]);
    assert_eq!(heard.texts("EntityName"), ["Bob"]);
    let unknown = [asked[0], ("ServiceNamespaces.member.1", "s4")];
    assert_eq!(
        root.refused("ListPoliciesGrantingServiceAccess", &form(&unknown))
            .await,
        "400 InvalidInput: Invalid service namespace: [s4]"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_by_exact_key_and_seen_by_conditions() {
    let world = world().await;
    let root = world.root();
    let tag = |key: &'static str, value: &'static str| {
        [
            ("PolicyArn", OWN),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
        ]
    };
    root.must("TagPolicy", &form(&tag("team", "red"))).await;
    root.must("TagPolicy", &form(&tag("Team", "blue"))).await;
    let listed = root
        .must("ListPolicyTags", &form(&[("PolicyArn", OWN)]))
        .await;
    assert_eq!(listed.texts("Key"), ["Team", "team"]);
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:DeletePolicy",
        "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}}"#;
    let put = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", text),
    ];
    root.must("PutUserPolicy", &form(&put)).await;
    let bob = world.user("Bob").await;
    root.must(
        "UntagPolicy",
        &form(&[("PolicyArn", OWN), ("TagKeys.member.1", "Team")]),
    )
    .await;
    root.must("TagPolicy", &form(&tag("team", "blue"))).await;
    assert!(
        bob.refused("DeletePolicy", &form(&[("PolicyArn", OWN)]))
            .await
            .starts_with("403")
    );
    root.must("TagPolicy", &form(&tag("team", "red"))).await;
    bob.must("DeletePolicy", &form(&[("PolicyArn", OWN)])).await;
    let repeated = [
        ("PolicyName", "Q"),
        ("PolicyDocument", text),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", ""),
        ("Tags.member.2.Key", "a"),
        ("Tags.member.2.Value", ""),
    ];
    assert_eq!(
        root.refused("CreatePolicy", &form(&repeated)).await,
        "400 InvalidInput: Duplicate tag keys found."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_aws_belong_to_an_account_of_aws() {
    let world = world().await;
    let root = world.root();
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:GetPolicy", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}]}"#;
    let put = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", text),
    ];
    root.must("PutUserPolicy", &form(&put)).await;
    let bob = world.user("Bob").await;
    bob.must("GetPolicy", &form(&[("PolicyArn", OWN)])).await;
    let denied = bob
        .refused("GetPolicy", &form(&[("PolicyArn", READ_ONLY)]))
        .await;
    assert!(
        denied.ends_with("with an explicit deny in an identity-based policy"),
        "{denied}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_tags_that_differ_in_case_alone_each_value_must_be_allowed() {
    let world = world().await;
    let root = world.root();
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iam:TagPolicy", "Resource": "*",
         "Condition": {"StringEquals": {"aws:RequestTag/dept": "finance"}}},
        {"Effect": "Allow", "Action": "iam:DeletePolicy", "Resource": "*",
         "Condition": {"StringEquals": {"aws:ResourceTag/dept": "finance"}}}]}"#;
    let put = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", text),
    ];
    root.must("PutUserPolicy", &form(&put)).await;
    let bob = world.user("Bob").await;
    let tag = |one: &'static str, other: &'static str| {
        [
            ("PolicyArn", OWN),
            ("Tags.member.1.Key", "dept"),
            ("Tags.member.1.Value", one),
            ("Tags.member.2.Key", "Dept"),
            ("Tags.member.2.Value", other),
        ]
    };
    for (one, other) in [("eng", "finance"), ("finance", "eng")] {
        let denied = bob.refused("TagPolicy", &form(&tag(one, other))).await;
        assert!(denied.starts_with("403 AccessDenied"), "{denied}");
    }
    bob.must("TagPolicy", &form(&tag("finance", "finance")))
        .await;
    for (one, other) in [("eng", "finance"), ("finance", "eng")] {
        root.must("TagPolicy", &form(&tag(one, other))).await;
        let denied = bob
            .refused("DeletePolicy", &form(&[("PolicyArn", OWN)]))
            .await;
        assert!(denied.starts_with("403 AccessDenied"), "{denied}");
    }
    root.must("TagPolicy", &form(&tag("finance", "finance")))
        .await;
    bob.must("DeletePolicy", &form(&[("PolicyArn", OWN)])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_renamed_keeps_the_tags_that_rights_hang_on() {
    let world = world().await;
    let root = world.root();
    let eve = [
        ("UserName", "Eve"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    root.must("CreateUser", &form(&eve)).await;
    let text = r#"{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "iam:UpdateUser", "Resource": "arn:aws:iam::*:user/E*",
        "Condition": {"StringEquals": {"iam:ResourceTag/team": "red"}}}}"#;
    let put = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", text),
    ];
    root.must("PutUserPolicy", &form(&put)).await;
    let bob = world.user("Bob").await;
    let rename = |name: &'static str| [("UserName", "Eve"), ("NewUserName", name)];
    let denied = bob.refused("UpdateUser", &form(&rename("Rob"))).await;
    assert!(
        denied.contains("resource: arn:aws:iam::123456789012:user/Rob"),
        "{denied}"
    );
    bob.must("UpdateUser", &form(&rename("Ella"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn white_space_is_no_way_round_the_quotas() {
    let world = world().await;
    let root = world.root();
    let wide = document("Allow", "s3:*").replace(',', &format!(",{}", " ".repeat(20_000)));
    for (action, pairs, fault) in [
        (
            "PutUserPolicy",
            [
                ("UserName", "Bob"),
                ("PolicyName", "p"),
                ("PolicyDocument", &*wide),
            ],
            "409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user Bob",
        ),
        (
            "CreatePolicy",
            [
                ("PolicyName", "wide"),
                ("Path", "/"),
                ("PolicyDocument", &*wide),
            ],
            "409 LimitExceeded: Cannot exceed quota for PolicySize: 6144",
        ),
    ] {
        assert_eq!(root.refused(action, &form(&pairs)).await, fault);
    }
}

/// Attaching and all else that names a policy goes by its name in any case, and the gate by the stored ARN.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_may_be_named_in_another_case_and_denials_still_hit() {
    let world = world().await;
    let root = world.root();
    let (stored, given) = (
        "arn:aws:iam::123456789012:policy/team/Reader",
        "arn:aws:iam::123456789012:policy/TEAM/reader",
    );
    let (of_aws, of_aws_given) = (
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/readonlyaccess",
    );
    root.must("CreateUser", "UserName=Cleo").await;
    root.must("CreateGroup", "GroupName=Crew").await;
    let trust = policy_document(
        r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}"#,
    );
    let role = form(&[("RoleName", "Work"), ("AssumeRolePolicyDocument", &trust)]);
    root.must("CreateRole", &role).await;
    root.must("CreateUser", "UserName=Dan").await;
    let rights = format!(
        r#"{{"Effect": "Allow", "Action": "*", "Resource": "*"}},
           {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"ArnEquals": {{
               "iam:PolicyARN": ["{stored}", "{of_aws}"]}}}}}},
           {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{
               "iam:PermissionsBoundary": ["{stored}", "{of_aws}"]}}}}}},
           {{"Effect": "Deny", "Action": "*", "Resource": "{stored}"}}"#
    );
    root.set_user_policy("Dan", &rights).await;
    let dan = world.user("Dan").await;
    for arn in [given, of_aws_given] {
        let listed = if arn == given { stored } else { of_aws };
        for (kind, owner) in [("User", "Cleo"), ("Group", "Crew"), ("Role", "Work")] {
            let name = format!("{kind}Name");
            let about = form(&[(&name, owner), ("PolicyArn", arn)]);
            for verb in ["Attach", "Detach"] {
                let refused = dan.refused(&format!("{verb}{kind}Policy"), &about).await;
                assert!(
                    refused.starts_with("403 AccessDenied"),
                    "{verb} {kind} {refused}"
                );
            }
            root.must(&format!("Attach{kind}Policy"), &about).await;
            let list = form(&[(&name, owner)]);
            let attached = format!("ListAttached{kind}Policies");
            assert_eq!(
                root.must(&attached, &list).await.texts("PolicyArn"),
                [listed]
            );
            root.must(&format!("Detach{kind}Policy"), &about).await;
            assert_eq!(
                root.must(&attached, &list).await.texts("PolicyArn").len(),
                0
            );
        }
        for (action, owner) in [
            ("PutUserPermissionsBoundary", ("UserName", "Cleo")),
            ("PutRolePermissionsBoundary", ("RoleName", "Work")),
        ] {
            let put = form(&[owner, ("PermissionsBoundary", arn)]);
            let refused = dan.refused(action, &put).await;
            assert!(
                refused.starts_with("403 AccessDenied"),
                "{action} {refused}"
            );
            root.must(action, &put).await;
        }
        let shown = root.must("GetUser", "UserName=Cleo").await;
        assert_eq!(shown.text("PermissionsBoundaryArn"), listed);
        let create = form(&[("UserName", "New"), ("PermissionsBoundary", arn)]);
        assert!(
            dan.refused("CreateUser", &create)
                .await
                .starts_with("403 AccessDenied")
        );
        assert_eq!(
            root.must("GetPolicy", &form(&[("PolicyArn", arn)]))
                .await
                .text("Arn"),
            listed
        );
    }
    let about = form(&[("PolicyArn", given)]);
    for action in ["GetPolicy", "ListPolicyVersions", "ListEntitiesForPolicy"] {
        let refused = dan.refused(action, &about).await;
        assert!(
            refused.contains(&format!("on resource: policy {given} ")),
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_a_policy_are_listed_by_the_length_of_their_keys() {
    let world = world().await;
    let root = world.root();
    let tags = |keys: &[&str]| {
        let tag = |(place, key): (usize, &&str)| {
            format!(
                "&Tags.member.{}.Key={key}&Tags.member.{}.Value=v",
                place + 1,
                place + 1
            )
        };
        keys.iter().enumerate().map(tag).collect::<String>()
    };
    let create = form(&[
        ("PolicyName", "Tagged"),
        ("PolicyDocument", &*document("Allow", "s3:*")),
    ]);
    let created = root
        .must(
            "CreatePolicy",
            &(create + &tags(&["project", "env", "z", "owner"])),
        )
        .await;
    assert_eq!(created.texts("Key"), ["project", "env", "z", "owner"]);
    let about = form(&[("PolicyArn", "arn:aws:iam::123456789012:policy/Tagged")]);
    root.must("TagPolicy", &(about.clone() + &tags(&["Z", "ab"])))
        .await;
    let expected = ["Z", "z", "ab", "env", "owner", "project"];
    for action in ["ListPolicyTags", "GetPolicy"] {
        assert_eq!(
            root.must(action, &about).await.texts("Key"),
            expected,
            "{action}"
        );
    }
    let (mut paged, mut marker) = (Vec::new(), String::new());
    loop {
        let page = root
            .must("ListPolicyTags", &format!("{about}&MaxItems=1{marker}"))
            .await;
        paged.extend(page.texts("Key").into_iter().map(str::to_owned));
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = format!("&Marker={}", page.text("Marker"));
    }
    assert_eq!(paged, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_list_shows_what_matches_first() {
    let world = world().await;
    let root = world.root();
    for (kind, name) in [
        ("User", "UserName"),
        ("Group", "GroupName"),
        ("InstanceProfile", "InstanceProfileName"),
    ] {
        let create = format!("Create{kind}");
        for number in 0..120 {
            root.must(&create, &format!("{name}=a{number:03}")).await;
        }
        for matching in ["m1", "m2"] {
            root.must(&create, &format!("{name}={matching}&Path=%2Fbatch%2F"))
                .await;
        }
        root.must(&create, &format!("{name}=zz")).await;
        let list = async |more: &str| {
            let action = format!("List{kind}s");
            let page = root
                .must(&action, &format!("PathPrefix=%2Fbatch%2F{more}"))
                .await;
            let names: Vec<String> = page.texts(name).into_iter().map(str::to_owned).collect();
            let told = |element| page.text(element).to_owned();
            (names, told("IsTruncated"), told("Marker"))
        };
        let is = |names: &[&str], is_truncated: &str| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            (names, is_truncated.to_owned())
        };
        let (names, is_truncated, _) = list("").await;
        assert_eq!((names, is_truncated), is(&["m1", "m2"], "false"), "{kind}");
        let (names, is_truncated, _) = list("&MaxItems=2").await;
        assert_eq!((names, is_truncated), is(&["m1", "m2"], "false"), "{kind}");
        let (names, is_truncated, marker) = list("&MaxItems=1").await;
        assert_eq!((names, is_truncated), is(&["m1"], "true"), "{kind}");
        let (names, is_truncated, _) = list(&format!("&MaxItems=5&Marker={marker}")).await;
        assert_eq!((names, is_truncated), is(&["m2"], "false"), "{kind}");
    }
}
