//! What is told of an account as a whole, and what is set for it.

use keyward_testkit::{World, form};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/a"},"Action":"sts:AssumeRole"}}"#;
const TEXT: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::é"}}"#;

/// Two users, one of them with everything that a user can have, a role, a group and two policies.
async fn world() -> World {
    let world = World::new().await;
    let root = world.root();
    let own = "arn:aws:iam::123456789012:policy/own";
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    for (action, pairs) in [
        (
            "CreateUser",
            vec![
                ("UserName", "a"),
                ("Tags.member.1.Key", "k"),
                ("Tags.member.1.Value", "v"),
            ],
        ),
        ("CreateUser", vec![("UserName", "B")]),
        ("CreateGroup", vec![("GroupName", "g")]),
        (
            "CreateRole",
            vec![
                ("RoleName", "r"),
                ("AssumeRolePolicyDocument", TRUST),
                ("Description", "d"),
            ],
        ),
        (
            "CreatePolicy",
            vec![
                ("PolicyName", "own"),
                ("PolicyDocument", TEXT),
                ("Description", "d"),
            ],
        ),
        (
            "CreatePolicyVersion",
            vec![
                ("PolicyArn", own),
                ("PolicyDocument", TEXT),
                ("SetAsDefault", "true"),
            ],
        ),
        (
            "CreatePolicy",
            vec![("PolicyName", "unused"), ("PolicyDocument", TEXT)],
        ),
        (
            "AddUserToGroup",
            vec![("GroupName", "g"), ("UserName", "a")],
        ),
        (
            "PutUserPolicy",
            vec![
                ("UserName", "a"),
                ("PolicyName", "p"),
                ("PolicyDocument", TEXT),
            ],
        ),
        (
            "AttachUserPolicy",
            vec![("UserName", "a"), ("PolicyArn", read_only)],
        ),
        (
            "PutUserPermissionsBoundary",
            vec![("UserName", "a"), ("PermissionsBoundary", own)],
        ),
        (
            "PutRolePolicy",
            vec![
                ("RoleName", "r"),
                ("PolicyName", "p"),
                ("PolicyDocument", TEXT),
            ],
        ),
        ("CreateInstanceProfile", vec![("InstanceProfileName", "i")]),
        (
            "AddRoleToInstanceProfile",
            vec![("InstanceProfileName", "i"), ("RoleName", "r")],
        ),
    ] {
        root.must(action, &form(&pairs)).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_told_in_pages_by_kind() {
    let world = world().await;
    let root = world.root();
    let whole = root.must("GetAccountAuthorizationDetails", "").await;
    for (element, texts) in [
        ("UserName", &["a", "B"][..]),
        ("GroupName", &["g"]),
        ("PermissionsBoundaryType", &["Policy"]),
        ("InstanceProfileName", &["i"]),
        ("VersionId", &["v2", "v1", "v1", "v172"]),
    ] {
        let mut told = whole.texts(element);
        if element == "VersionId" {
            // The one of AWS changes with the data.
            told.truncate(3);
            assert_eq!(told, texts[..3], "{element}");
        } else {
            assert_eq!(told, texts, "{element}: {}", whole.body);
        }
    }
    assert!(whole.body.contains("%C3%A9"), "{}", whole.body);
    // Nothing for the user without policies, an empty list for the group.
    assert_eq!(whole.body.matches("<UserPolicyList>").count(), 1);
    assert!(!whole.body.contains("<UserPolicyList/>"));
    assert!(whole.body.contains("<GroupPolicyList/>"));
    assert!(whole.body.contains("<RoleLastUsed/>"));
    assert!(!whole.body.contains("<Description>"), "{}", whole.body);
    assert_eq!(whole.text("IsTruncated"), "false");

    let mut seen = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let mut pairs = vec![("MaxItems", "1")];
        if let Some(marker) = marker.as_deref() {
            pairs.push(("Marker", marker));
        }
        let page = root
            .must("GetAccountAuthorizationDetails", &form(&pairs))
            .await;
        for (kind, list) in [
            ("user", "<UserDetailList><member>"),
            ("role", "<RoleDetailList><member>"),
            ("group", "<GroupDetailList><member>"),
            ("policy", "<Policies><member>"),
        ] {
            if page.body.contains(list) {
                seen.push(kind);
            }
        }
        if page.text("IsTruncated") == "false" {
            break;
        }
        marker = Some(page.text("Marker").to_owned());
    }
    assert_eq!(
        seen,
        [
            "user", "user", "role", "group", "policy", "policy", "policy"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marker_goes_with_its_filter() {
    let world = world().await;
    let root = world.root();
    let first = [
        ("Filter.member.1", "LocalManagedPolicy"),
        ("Filter.member.2", "User"),
        ("MaxItems", "1"),
    ];
    let page = root
        .must("GetAccountAuthorizationDetails", &form(&first))
        .await;
    assert_eq!(page.texts("UserName"), ["a"]);
    let marker = page.text("Marker").to_owned();
    let rest = [
        ("Filter.member.1", "User"),
        ("Filter.member.2", "LocalManagedPolicy"),
        ("Marker", &*marker),
    ];
    let page = root
        .must("GetAccountAuthorizationDetails", &form(&rest))
        .await;
    assert_eq!(page.texts("UserName"), ["B"]);
    assert_eq!(page.texts("PolicyName"), ["own", "unused"]);
    let others = [("Filter.member.1", "User"), ("Marker", &*marker)];
    for pairs in [&others[..], &[("Marker", "garbage")]] {
        let heard = root
            .refused("GetAccountAuthorizationDetails", &form(pairs))
            .await;
        assert_eq!(heard, "400 ValidationError: Marker and Filter do not match");
    }
    let aws = [("Filter.member.1", "AWSManagedPolicy")];
    let page = root
        .must("GetAccountAuthorizationDetails", &form(&aws))
        .await;
    assert_eq!(page.texts("PolicyName"), ["ReadOnlyAccess"]);
    assert!(page.body.contains("<UserDetailList/>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_and_what_may_be_is_counted() {
    let world = World::new().await;
    let root = world.root();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    for (action, form) in [
        ("CreateUser", "UserName=a".to_owned()),
        ("CreateUser", "UserName=b".to_owned()),
        ("AttachUserPolicy", format!("UserName=a&PolicyArn={arn}")),
        ("AttachUserPolicy", format!("UserName=b&PolicyArn={arn}")),
    ] {
        root.must(action, &form).await;
    }
    let heard = root.must("GetAccountSummary", "").await;
    for (key, value) in [
        ("Users", 2),
        ("PolicyVersionsInUse", 1),
        ("UsersQuota", 5_000),
        ("RolePolicySizeQuota", 10_240),
        ("AccountAccessKeysPresent", 0),
        ("GlobalEndpointTokenVersion", 1),
    ] {
        let entry = format!("<entry><key>{key}</key><value>{value}</value></entry>");
        assert!(heard.body.contains(&entry), "{key}: {}", heard.body);
    }
    assert_eq!(heard.texts("key").len(), 34);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_tells_which_tokens_are_given_out() {
    let world = World::new().await;
    let root = world.root();
    let told = async || {
        let summary = root.must("GetAccountSummary", "").await;
        let (_, after) = summary
            .body
            .split_once("<key>GlobalEndpointTokenVersion</key>")
            .unwrap();
        let (_, value) = after.split_once("<value>").unwrap();
        value.chars().next()
    };
    let set = async |version: &str| {
        let form = format!("GlobalEndpointTokenVersion={version}");
        root.ask("SetSecurityTokenServicePreferences", &form)
            .await
            .fault()
    };
    assert_eq!(told().await, Some('1'));
    assert_eq!(set("v2Token").await, "200");
    assert_eq!(told().await, Some('2'));
    for other in ["", "V1Token", "2"] {
        assert_eq!(
            set(other).await,
            "400 ValidationError: 1 validation error detected: Value at \
             'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum \
             value set: [v2Token, v1Token]"
        );
    }
    let elsewhere = world.other_node().await.account().await;
    assert!(*elsewhere == *world.account().await);
    assert_eq!(set("v1Token").await, "200");
    assert_eq!(told().await, Some('1'));
}
