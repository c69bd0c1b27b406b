//! Groups and who is in them.

use keyward_testkit::{Answer, Asker, Quotas, World};

use crate::support::{BOB, not_allowed};

const NONE: Vec<String> = Vec::new();

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_shown_by_its_stored_spelling_and_nothing_but_its_core() {
    let world = World::new().await;
    let root = world.root();
    let made = root
        .must("CreateGroup", "GroupName=Admins&Path=%2Fteam%2F")
        .await;
    assert_eq!(
        made.text("Arn"),
        "arn:aws:iam::123456789012:group/team/Admins"
    );
    assert!(made.text("GroupId").starts_with("AGPARZPUZDIK"));
    let got = root.must("GetGroup", "GroupName=ADMINS").await;
    assert_eq!(got.text("Group"), made.text("Group"));
    assert_eq!(got.text("GroupName"), "Admins");
    assert!(got.body.contains("<Users/>"), "{}", got.body);
    assert_eq!(got.text("IsTruncated"), "false");
    root.check(&[
        (
            "CreateGroup",
            "GroupName=admins",
            "409 EntityAlreadyExists: Group with name admins already exists.",
        ),
        (
            "GetGroup",
            "GroupName=x",
            "404 NoSuchEntity: The group with name x cannot be found.",
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_room_for_some_groups_and_a_user_is_in_some() {
    let world = World::with_quotas(Quotas {
        groups_per_account: 3,
        groups_per_user: 2,
        ..Quotas::default()
    })
    .await;
    let root = world.root();
    root.must_all(&[
        ("CreateGroup", "GroupName=a"),
        ("CreateGroup", "GroupName=b"),
        ("CreateGroup", "GroupName=c"),
        ("CreateUser", "UserName=Bob"),
        ("AddUserToGroup", "GroupName=a&UserName=Bob"),
        ("AddUserToGroup", "GroupName=b&UserName=Bob"),
    ])
    .await;
    root.check(&[
        (
            "CreateGroup",
            "GroupName=d",
            "409 LimitExceeded: Cannot exceed quota for GroupsPerAccount: 3",
        ),
        (
            "CreateGroup",
            "GroupName=A",
            "409 EntityAlreadyExists: Group with name A already exists.",
        ),
        (
            "AddUserToGroup",
            "GroupName=c&UserName=Bob",
            "409 LimitExceeded: Cannot exceed quota for GroupsPerUser: 2",
        ),
        // Who is in it already needs no room.
        ("AddUserToGroup", "GroupName=A&UserName=bob", "200"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_come_and_go_and_coming_twice_or_going_unseen_is_no_error() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        ("CreateGroup", "GroupName=Admins"),
        ("CreateUser", "UserName=Bob"),
        ("AddUserToGroup", "GroupName=admins&UserName=bob"),
        ("AddUserToGroup", "GroupName=Admins&UserName=Bob"),
    ])
    .await;
    let heard = root.must("GetGroup", "GroupName=Admins").await;
    assert_eq!(heard.texts("UserName"), ["Bob"]);
    let version = world.account().await.version();
    root.must("AddUserToGroup", "GroupName=Admins&UserName=Bob")
        .await;
    assert_eq!(world.account().await.version(), version);
    let no_user = "404 NoSuchEntity: The user with name x cannot be found.";
    let no_group = "404 NoSuchEntity: The group with name y cannot be found.";
    for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
        root.check(&[
            (action, "GroupName=y&UserName=x", no_user),
            (action, "GroupName=Admins&UserName=x", no_user),
            (action, "GroupName=y&UserName=Bob", no_group),
        ])
        .await;
    }
    root.must_all(&[
        ("RemoveUserFromGroup", "GroupName=ADMINS&UserName=BOB"),
        ("RemoveUserFromGroup", "GroupName=Admins&UserName=Bob"),
    ])
    .await;
    let heard = root.must("GetGroup", "GroupName=Admins").await;
    assert_eq!(heard.texts("UserName"), Vec::<&str>::new());
    assert_eq!(world.account().await.broken_invariants(), NONE);
    root.must("DeleteUser", "UserName=Bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_stay_when_group_or_user_are_renamed_and_another_node_sees_it() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        ("CreateGroup", "GroupName=Admins"),
        ("CreateGroup", "GroupName=Others"),
        ("CreateUser", "UserName=Bob"),
        ("CreateUser", "UserName=Alice"),
        ("AddUserToGroup", "GroupName=Admins&UserName=Bob"),
        ("AddUserToGroup", "GroupName=Admins&UserName=Alice"),
        (
            "UpdateGroup",
            "GroupName=admins&NewGroupName=Ops&NewPath=%2Fteam%2F",
        ),
        ("UpdateUser", "UserName=Alice&NewUserName=zoe"),
    ])
    .await;
    let id = world
        .account()
        .await
        .groups()
        .find("ops")
        .unwrap()
        .id
        .to_string();
    for world in [&world, &world.other_node().await] {
        let root = world.root();
        let got = root.must("GetGroup", "GroupName=ops").await;
        assert_eq!(got.texts("UserName"), ["Bob", "zoe"], "{}", got.body);
        assert_eq!(got.text("Arn"), "arn:aws:iam::123456789012:group/team/Ops");
        assert_eq!(got.text("GroupId"), id);
        let of_zoe = root.must("ListGroupsForUser", "UserName=ZOE").await;
        assert_eq!(of_zoe.texts("GroupName"), ["Ops"]);
        assert_eq!(world.account().await.broken_invariants(), NONE);
    }
    root.check(&[
        (
            "UpdateGroup",
            "GroupName=Ops&NewGroupName=OTHERS",
            "409 EntityAlreadyExists: Group with name OTHERS already exists.",
        ),
        ("UpdateGroup", "GroupName=Ops&NewGroupName=OPS", "200"),
        (
            "UpdateGroup",
            "GroupName=Admins&NewGroupName=x",
            "404 NoSuchEntity: The group with name Admins cannot be found.",
        ),
        (
            "GetGroup",
            "GroupName=Admins",
            "404 NoSuchEntity: The group with name Admins cannot be found.",
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_groups_and_those_of_a_user_come_in_pages_by_name() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        ("CreateGroup", "GroupName=bees&Path=%2Fa%2F"),
        ("CreateGroup", "GroupName=Ants&Path=%2Fab%2F"),
        ("CreateGroup", "GroupName=Cows"),
        (
            "CreateUser",
            "UserName=Bob&Tags.member.1.Key=k&Tags.member.1.Value=v",
        ),
    ])
    .await;
    for user in ["alice", "Carol"] {
        root.must("CreateUser", &format!("UserName={user}")).await;
    }
    for user in ["Carol", "Bob", "alice"] {
        let form = format!("GroupName=bees&UserName={user}");
        root.must("AddUserToGroup", &form).await;
    }
    for group in ["Cows", "Ants"] {
        let form = format!("GroupName={group}&UserName=Bob");
        root.must("AddUserToGroup", &form).await;
    }
    for (action, form, element, expected) in [
        (
            "GetGroup",
            "GroupName=bees",
            "UserName",
            ["alice", "Bob", "Carol"],
        ),
        ("ListGroups", "", "GroupName", ["Ants", "bees", "Cows"]),
        (
            "ListGroupsForUser",
            "UserName=bob",
            "GroupName",
            ["Ants", "bees", "Cows"],
        ),
    ] {
        let first = root.must(action, &format!("{form}&MaxItems=2")).await;
        let names = |heard: &Answer| -> Vec<String> {
            let texts = heard.texts(element).into_iter();
            texts.map(str::to_owned).collect()
        };
        assert_eq!(names(&first), expected[..2], "{action}");
        assert_eq!(first.text("IsTruncated"), "true");
        let marker = format!("{form}&Marker={}", first.text("Marker"));
        let rest = root.must(action, &marker).await;
        assert_eq!(names(&rest), expected[2..], "{action}");
        assert_eq!(rest.text("IsTruncated"), "false");
        assert!(!rest.body.contains("<Marker>"), "{}", rest.body);
        assert!(!first.body.contains("<Tags"), "{}", first.body);
        let bad = root.refused(action, &format!("{form}&Marker=x")).await;
        assert_eq!(bad, "400 ValidationError: Invalid Marker.");
    }
    for (prefix, expected) in [
        ("%2Fa", vec!["Ants", "bees"]),
        ("%2Fa%2F", vec!["bees"]),
        ("%2Fz", vec![]),
    ] {
        let heard = root
            .must("ListGroups", &format!("PathPrefix={prefix}"))
            .await;
        assert_eq!(heard.texts("GroupName"), expected);
    }
    assert_eq!(
        root.refused("ListGroupsForUser", "UserName=x").await,
        "404 NoSuchEntity: The user with name x cannot be found."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_goes_when_its_users_then_attached_then_inline_policies_are_gone() {
    let world = World::new().await;
    let root = world.root();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let attachment = format!("GroupName=Admins&PolicyArn={arn}");
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
    let inline = format!("GroupName=Admins&PolicyName=p&PolicyDocument={document}");
    root.must_all(&[
        ("CreateGroup", "GroupName=Admins"),
        ("CreateUser", "UserName=Bob"),
        ("AddUserToGroup", "GroupName=Admins&UserName=Bob"),
        ("AttachGroupPolicy", &attachment),
        ("PutGroupPolicy", &inline),
    ])
    .await;
    let conflict = async |what: &str| {
        let expected = format!("409 DeleteConflict: Cannot delete entity, must {what} first.");
        assert_eq!(
            root.refused("DeleteGroup", "GroupName=admins").await,
            expected
        );
    };
    conflict("remove users from group").await;
    let removal = ("RemoveUserFromGroup", "GroupName=Admins&UserName=Bob");
    root.must_all(&[removal]).await;
    conflict("detach all policies").await;
    root.must("DetachGroupPolicy", &attachment).await;
    conflict("delete policies").await;
    root.must_all(&[
        ("DeleteGroupPolicy", "GroupName=Admins&PolicyName=p"),
        ("DeleteGroup", "GroupName=admins"),
    ])
    .await;
    let gone = "404 NoSuchEntity: The group with name admins cannot be found.";
    assert_eq!(root.refused("DeleteGroup", "GroupName=admins").await, gone);
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

/// Bob, who may do all to group `/team/Mine` and nothing else.
async fn bob(world: &World) -> Asker {
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let all = r#"{"Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::123456789012:group/team/Mine","arn:aws:iam::123456789012:group/team/Ours"]}"#;
    root.set_user_policy("Bob", all).await;
    world.user("Bob").await
}

fn denied(action: &str, resource: &str) -> String {
    not_allowed(BOB, &format!("iam:{action}"), resource)
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_to_the_arn_that_a_group_has_and_would_have() {
    let world = World::new().await;
    let bob = bob(&world).await;
    world.root().must("CreateGroup", "GroupName=Theirs").await;
    bob.must_all(&[
        ("CreateGroup", "GroupName=Mine&Path=%2Fteam%2F"),
        ("AddUserToGroup", "GroupName=mine&UserName=Bob"),
        ("GetGroup", "GroupName=MINE"),
        ("RemoveUserFromGroup", "GroupName=mine&UserName=Bob"),
        ("UpdateGroup", "GroupName=mine&NewGroupName=Ours"),
    ])
    .await;
    for (action, form, resource) in [
        (
            "CreateGroup",
            "GroupName=Mine",
            "arn:aws:iam::123456789012:group/Mine",
        ),
        (
            "UpdateGroup",
            "GroupName=ours&NewPath=%2Fx%2F",
            "arn:aws:iam::123456789012:group/x/Ours",
        ),
        (
            "UpdateGroup",
            "GroupName=ours&NewGroupName=Free",
            "arn:aws:iam::123456789012:group/team/Free",
        ),
        (
            "UpdateGroup",
            "GroupName=theirs&NewGroupName=Mine&NewPath=%2Fteam%2F",
            "group theirs",
        ),
        ("DeleteGroup", "GroupName=theirs", "group theirs"),
        // Nobody learns what exists without the right to it.
        ("GetGroup", "GroupName=nobody", "group nobody"),
        (
            "AddUserToGroup",
            "GroupName=theirs&UserName=nobody",
            "group theirs",
        ),
        (
            "RemoveUserFromGroup",
            "GroupName=theirs&UserName=nobody",
            "group theirs",
        ),
        ("ListGroupsForUser", "UserName=bob", "user bob"),
        ("ListGroups", "", "arn:aws:iam::123456789012:group/"),
    ] {
        let expected = denied(action, resource);
        assert_eq!(bob.refused(action, form).await, expected);
    }
    bob.must("DeleteGroup", "GroupName=ours").await;
}
