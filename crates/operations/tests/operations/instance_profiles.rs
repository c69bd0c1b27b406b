//! Instance profiles and the role that each hands out.

use keyward_testkit::{Quotas, World};

use crate::support::{BOB, not_allowed};

const NONE: Vec<String> = Vec::new();

fn create_role(name: &str) -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    format!(
        "RoleName={name}&Description=what&AssumeRolePolicyDocument={trust}&Tags.member.1.Key=r&Tags.member.1.Value="
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_shows_what_it_should_and_no_more() {
    let world = World::new().await;
    let root = world.root();
    let made = root
        .must("CreateInstanceProfile", "InstanceProfileName=Web")
        .await;
    assert_eq!(
        made.text("Arn"),
        "arn:aws:iam::123456789012:instance-profile/Web"
    );
    assert!(made.text("InstanceProfileId").starts_with("AIPARZPUZDIK"));
    assert!(made.body.contains("<Roles/>"), "{}", made.body);
    assert!(!made.body.contains("<Tags"), "{}", made.body);
    let form = "InstanceProfileName=Tagged&Path=%2Fa%2F&Tags.member.1.Key=b&Tags.member.1.Value=2&Tags.member.2.Key=B&Tags.member.2.Value=1";
    let tagged = root.must("CreateInstanceProfile", form).await;
    assert_eq!(
        tagged.text("Arn"),
        "arn:aws:iam::123456789012:instance-profile/a/Tagged"
    );
    assert_eq!(tagged.texts("Key"), ["b", "B"]);
    let got = root
        .must("GetInstanceProfile", "InstanceProfileName=TAGGED")
        .await;
    assert_eq!(got.texts("Key"), ["B", "b"]);
    assert!(got.body.contains("<Roles/>"), "{}", got.body);
    let got = root
        .must("GetInstanceProfile", "InstanceProfileName=web")
        .await;
    assert!(got.body.contains("<Tags/>"), "{}", got.body);
    root.must_all(&[
        ("CreateRole", &create_role("Server")),
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=tagged&RoleName=server",
        ),
    ])
    .await;
    for (action, form) in [
        ("ListInstanceProfiles", "PathPrefix=%2Fa"),
        ("ListInstanceProfilesForRole", "RoleName=SERVER"),
        ("GetInstanceProfile", "InstanceProfileName=Tagged"),
    ] {
        let heard = root.must(action, form).await;
        assert_eq!(heard.texts("RoleName"), ["Server"], "{action}");
        assert_eq!(heard.texts("InstanceProfileName"), ["Tagged"], "{action}");
        assert!(heard.body.contains("<AssumeRolePolicyDocument>"));
        for absent in ["<Description", "<MaxSession", "<RoleLastUsed", "<Key>r<"] {
            assert!(!heard.body.contains(absent), "{action} {absent}");
        }
        let shows_tags = action == "GetInstanceProfile";
        assert_eq!(heard.body.contains("<Tags"), shows_tags, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_unique_without_regard_to_case_and_there_is_room_for_some() {
    let world = World::with_quotas(Quotas {
        instance_profiles_per_account: 1,
        ..Quotas::default()
    })
    .await;
    let missing = "404 NoSuchEntity: Instance Profile x cannot be found.";
    world
        .root()
        .check(&[
            ("CreateInstanceProfile", "InstanceProfileName=Web", "200"),
            (
                "CreateInstanceProfile",
                "InstanceProfileName=WEB&Path=%2Fa%2F",
                "409 EntityAlreadyExists: Instance Profile WEB already exists.",
            ),
            (
                "CreateInstanceProfile",
                "InstanceProfileName=Other",
                "409 LimitExceeded: Cannot exceed quota for InstanceProfilesPerAccount: 1",
            ),
            ("GetInstanceProfile", "InstanceProfileName=x", missing),
            ("DeleteInstanceProfile", "InstanceProfileName=x", missing),
            ("ListInstanceProfileTags", "InstanceProfileName=x", missing),
            ("TagInstanceProfile", "InstanceProfileName=x&Tags=", missing),
            (
                "UntagInstanceProfile",
                "InstanceProfileName=x&TagKeys.member.1=k",
                missing,
            ),
            (
                "ListInstanceProfilesForRole",
                "RoleName=x",
                "404 NoSuchEntity: The role with name x cannot be found.",
            ),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_has_one_role_and_neither_goes_before_they_part() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        ("CreateInstanceProfile", "InstanceProfileName=Web"),
        ("CreateRole", &create_role("Server")),
        ("CreateRole", &create_role("Other")),
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=web&RoleName=server",
        ),
    ])
    .await;
    let full = "409 LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
    let no_profile = "404 NoSuchEntity: Instance Profile x cannot be found.";
    let no_role = "404 NoSuchEntity: The role with name y cannot be found.";
    let conflict =
        "409 DeleteConflict: Cannot delete entity, must remove roles from instance profile first.";
    root.check(&[
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=Web&RoleName=Other",
            full,
        ),
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=Web&RoleName=Server",
            full,
        ),
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=x&RoleName=y",
            no_profile,
        ),
        (
            "AddRoleToInstanceProfile",
            "InstanceProfileName=Web&RoleName=y",
            no_role,
        ),
        (
            "RemoveRoleFromInstanceProfile",
            "InstanceProfileName=x&RoleName=y",
            no_profile,
        ),
        (
            "RemoveRoleFromInstanceProfile",
            "InstanceProfileName=Web&RoleName=y",
            no_role,
        ),
        (
            "RemoveRoleFromInstanceProfile",
            "InstanceProfileName=Web&RoleName=Other",
            "404 NoSuchEntity: Role Other in Instance Profile Web cannot be found.",
        ),
        ("DeleteInstanceProfile", "InstanceProfileName=Web", conflict),
        ("DeleteRole", "RoleName=Server", conflict),
    ])
    .await;
    let elsewhere = world.other_node().await;
    assert!(*elsewhere.account().await == *world.account().await);
    assert_eq!(elsewhere.account().await.broken_invariants(), NONE);
    root.must_all(&[
        (
            "RemoveRoleFromInstanceProfile",
            "InstanceProfileName=Web&RoleName=Server",
        ),
        ("DeleteRole", "RoleName=Server"),
        ("DeleteInstanceProfile", "InstanceProfileName=WEB"),
    ])
    .await;
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_come_in_pages_also_those_of_a_role() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateRole", &create_role("Server")).await;
    for name in ["bees", "Ants", "Cows"] {
        let create = format!("InstanceProfileName={name}&Path=%2F{name}%2F");
        let add = format!("InstanceProfileName={name}&RoleName=Server");
        root.must_all(&[
            ("CreateInstanceProfile", &create),
            ("AddRoleToInstanceProfile", &add),
        ])
        .await;
    }
    let heard = root.must("ListInstanceProfiles", "").await;
    assert_eq!(heard.texts("InstanceProfileName"), ["Ants", "bees", "Cows"]);
    for (action, form) in [
        ("ListInstanceProfiles", "MaxItems=1"),
        ("ListInstanceProfilesForRole", "RoleName=server&MaxItems=1"),
    ] {
        let (mut names, mut marker) = (Vec::new(), String::new());
        loop {
            let heard = root.must(action, &format!("{form}{marker}")).await;
            assert_eq!(heard.texts("InstanceProfileName").len(), 1);
            names.push(heard.text("InstanceProfileName").to_owned());
            if heard.text("IsTruncated") == "false" {
                break;
            }
            marker = format!("&Marker={}", heard.text("Marker"));
        }
        assert_eq!(names, ["Ants", "bees", "Cows"], "{action}");
        let bad = root.refused(action, &format!("{form}&Marker=x")).await;
        assert_eq!(bad, "400 ValidationError: Invalid Marker.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tag_keys_differ_by_case_and_come_in_order() {
    let world = World::new().await;
    let root = world.root();
    let tag = |tags: &[(&str, &str)]| {
        let mut form = "InstanceProfileName=web".to_owned();
        for (place, (key, value)) in (1..).zip(tags) {
            let one = format!("&Tags.member.{place}.Key={key}&Tags.member.{place}.Value={value}");
            form.push_str(&one);
        }
        form
    };
    root.must_all(&[
        ("CreateInstanceProfile", "InstanceProfileName=Web"),
        ("TagInstanceProfile", &tag(&[("team", "1"), ("Team", "2")])),
        ("TagInstanceProfile", &tag(&[("team", "3"), ("a", "")])),
    ])
    .await;
    let heard = root
        .must("ListInstanceProfileTags", "InstanceProfileName=Web")
        .await;
    assert_eq!(heard.texts("Key"), ["a", "Team", "team"]);
    assert_eq!(heard.texts("Value"), ["2", "3"]);
    root.check(&[
        (
            "TagInstanceProfile",
            &tag(&[("x", "1"), ("x", "2")]),
            "400 InvalidInput: Duplicate tag keys found.",
        ),
        (
            "TagInstanceProfile",
            &tag(&[("Aws:x", "1")]),
            "400 InvalidInput: Tag keys beginning with aws: are reserved for system use.",
        ),
        (
            "TagInstanceProfile",
            "InstanceProfileName=web&Tags=",
            "400 InvalidInput: Error occurred while validating input. ",
        ),
        (
            "UntagInstanceProfile",
            "InstanceProfileName=web&TagKeys.member.1=TEAM&TagKeys.member.2=a&TagKeys.member.3=team",
            "200",
        ),
    ])
    .await;
    let heard = root
        .must("ListInstanceProfileTags", "InstanceProfileName=Web")
        .await;
    assert_eq!(heard.texts("Key"), ["Team"]);
    let fifty: Vec<String> = (0..50).map(|number| format!("k{number}")).collect();
    let fifty: Vec<(&str, &str)> = fifty.iter().map(|key| (key.as_str(), "")).collect();
    let full = "409 LimitExceeded: The number of tags has reached the maximum limit.";
    assert_eq!(root.refused("TagInstanceProfile", &tag(&fifty)).await, full);
    let account = world.account().await;
    assert_eq!(
        account.instance_profiles().find("web").unwrap().tags.len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_adds_a_role_needs_the_right_to_pass_it_to_virtual_machines() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        ("CreateUser", "UserName=Bob"),
        (
            "CreateInstanceProfile",
            "InstanceProfileName=Web&Path=%2Fa%2F",
        ),
        ("CreateRole", &(create_role("Server") + "&Path=%2Fr%2F")),
    ])
    .await;
    let bob = world.user("Bob").await;
    let denied =
        |action: &str, resource: &str| not_allowed(BOB, &format!("iam:{action}"), resource);
    let server = "arn:aws:iam::123456789012:role/r/Server";
    let to_profile = r#"{"Effect":"Allow","Action":"iam:*InstanceProfile","Resource":"arn:aws:iam::123456789012:instance-profile/a/Web"}"#;
    let pass_to = |service: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/r/Server","Condition":{{"StringEquals":{{"iam:PassedToService":"{service}"}}}}}}"#
        )
    };
    let add = "InstanceProfileName=web&RoleName=server";
    let added = async || bob.ask("AddRoleToInstanceProfile", add).await.fault();
    root.set_user_policy("Bob", &pass_to("ec2.amazonaws.com"))
        .await;
    assert_eq!(
        added().await,
        denied("AddRoleToInstanceProfile", "instance profile web")
    );
    root.set_user_policy("Bob", to_profile).await;
    assert_eq!(added().await, denied("PassRole", server));
    let unknown = bob
        .refused(
            "AddRoleToInstanceProfile",
            "InstanceProfileName=web&RoleName=x",
        )
        .await;
    assert_eq!(
        unknown,
        denied("PassRole", "arn:aws:iam::123456789012:role/x")
    );
    root.set_user_policy(
        "Bob",
        &format!("{to_profile},{}", pass_to("lambda.amazonaws.com")),
    )
    .await;
    assert_eq!(added().await, denied("PassRole", server));
    root.set_user_policy(
        "Bob",
        &format!("{to_profile},{}", pass_to("ec2.amazonaws.com")),
    )
    .await;
    assert_eq!(added().await, "200");
    // To take one out needs no such right.
    root.set_user_policy("Bob", to_profile).await;
    bob.must("RemoveRoleFromInstanceProfile", add).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_a_profile_with_tags_needs_the_right_to_tag_it() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let create = r#"{"Effect":"Allow","Action":"iam:CreateInstanceProfile","Resource":"*"}"#;
    root.set_user_policy("Bob", create).await;
    let bob = world.user("Bob").await;
    bob.check(&[
        (
            "CreateInstanceProfile",
            "InstanceProfileName=Web&Tags.member.1.Key=k&Tags.member.1.Value=",
            &not_allowed(
                BOB,
                "iam:TagInstanceProfile",
                "arn:aws:iam::123456789012:instance-profile/Web",
            ),
        ),
        ("CreateInstanceProfile", "InstanceProfileName=Web", "200"),
    ])
    .await;
}
