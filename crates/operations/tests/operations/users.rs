//! Users: making, listing, renaming and deleting them.

use keyward_testkit::{Quotas, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_shows_the_user_and_only_what_was_given() {
    let world = World::new().await;
    let heard = world
        .root()
        .must("CreateUser", "UserName=Bob&Path=%2Fa%2F")
        .await;
    assert_eq!(heard.text("Arn"), "arn:aws:iam::123456789012:user/a/Bob");
    assert!(
        heard.text("UserId").starts_with("AIDARZPUZDIK"),
        "{}",
        heard.body
    );
    assert!(!heard.body.contains("<Tags"), "{}", heard.body);
    let form = "UserName=Eve&Tags.member.1.Key=k&Tags.member.1.Value=";
    let heard = world.root().must("CreateUser", form).await;
    assert!(
        heard
            .body
            .contains("<Tags><member><Key>k</Key><Value/></member></Tags>"),
        "{}",
        heard.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_unique_without_regard_to_case_and_the_account_has_room_for_some() {
    let quotas = Quotas {
        users_per_account: 2,
        ..Quotas::default()
    };
    let world = World::with_quotas(quotas).await;
    let create = async |form: &str| world.root().ask("CreateUser", form).await.fault();
    assert_eq!(create("UserName=Bob").await, "200");
    assert_eq!(
        create("UserName=BOB&Path=%2Felsewhere%2F").await,
        "409 EntityAlreadyExists: User with name BOB already exists."
    );
    assert_eq!(create("UserName=Eve").await, "200");
    assert_eq!(
        create("UserName=Carol").await,
        "409 LimitExceeded: Cannot exceed quota for UsersPerAccount: 2"
    );
    assert_eq!(Quotas::default().users_per_account, 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_is_a_managed_policy_that_is_there() {
    let world = World::new().await;
    let create = async |name: &str, arn: &str| {
        let form = format!("UserName={name}&PermissionsBoundary={arn}");
        world.root().ask("CreateUser", &form).await
    };
    assert_eq!(
        create("Bob", "arn:aws:iam::aws:user/x").await.fault(),
        "400 InvalidInput: ARN arn:aws:iam::aws:user/x is not valid."
    );
    assert_eq!(
        create("Bob", "arn:aws:iam::aws:policy/x").await.fault(),
        "404 NoSuchEntity: Scope ARN: arn:aws:iam::aws:policy/x does not exist or is not attachable."
    );
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let created = create("Bob", arn).await;
    assert_eq!(created.text("PermissionsBoundaryArn"), arn);
    assert_eq!(created.text("PermissionsBoundaryType"), "Policy");
    let got = world.root().must("GetUser", "UserName=bob").await;
    assert_eq!(got.text("PermissionsBoundaryArn"), arn);
    world.root().must("DeleteUser", "UserName=bob").await;
    assert_eq!(
        world.account().await.broken_invariants(),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tag_keys_are_unique_and_not_the_services_own() {
    let world = World::new().await;
    for (keys, fault) in [
        (
            ["team", "Team"],
            "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            ["team", "AWS:x"],
            "400 InvalidInput: Tag keys beginning with aws: are reserved for system use.",
        ),
    ] {
        let [one, two] = keys;
        let form = format!(
            "UserName=Bob&Tags.member.1.Key={one}&Tags.member.1.Value=&Tags.member.2.Key={two}&Tags.member.2.Value="
        );
        assert_eq!(world.root().refused("CreateUser", &form).await, fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_in_the_order_of_names_and_go_on_where_a_deleted_user_was() {
    let world = World::new().await;
    let root = world.root();
    for form in [
        "UserName=bob",
        "UserName=Alice&Path=%2Fa%2F",
        "UserName=Carol&Path=%2Fab%2F",
    ] {
        root.must("CreateUser", form).await;
    }
    let first = root.must("ListUsers", "MaxItems=2").await;
    assert_eq!(first.texts("UserName"), ["Alice", "bob"]);
    assert_eq!(first.text("IsTruncated"), "true");
    root.must("DeleteUser", "UserName=bob").await;
    let rest = root
        .must("ListUsers", &format!("Marker={}", first.text("Marker")))
        .await;
    assert_eq!(
        (rest.texts("UserName"), rest.text("IsTruncated")),
        (vec!["Carol"], "false")
    );
    assert_eq!(
        root.must("ListUsers", "PathPrefix=%2Fa")
            .await
            .texts("UserName"),
        ["Alice", "Carol"]
    );
    assert_eq!(
        root.must("ListUsers", "PathPrefix=%2Fa%2F")
            .await
            .texts("UserName"),
        ["Alice"]
    );
    assert_eq!(
        root.refused("ListUsers", "Marker=x").await,
        "400 ValidationError: Invalid Marker."
    );
    let none = root.must("ListUsers", "PathPrefix=%2Fz%2F").await;
    assert!(none.body.contains("<Users/>"), "{}", none.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_belongs_to_a_user_stays_when_it_is_renamed_and_moved() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
        (
            "CreateUser",
            "UserName=Bob&Tags.member.1.Key=k&Tags.member.1.Value=v",
        ),
        (
            "CreateLoginProfile",
            "UserName=Bob&Password=Some-Password-1",
        ),
        ("CreateAccessKey", "UserName=Bob"),
        (
            "UpdateUser",
            "UserName=bob&NewUserName=Rob&NewPath=%2Fteam%2F",
        ),
    ])
    .await;
    let rob = root.must("GetUser", "UserName=rob").await;
    assert_eq!(rob.text("Arn"), "arn:aws:iam::123456789012:user/team/Rob");
    assert_eq!(rob.text("Key"), "k");
    assert_eq!(
        root.must("GetLoginProfile", "UserName=Rob")
            .await
            .text("UserName"),
        "Rob"
    );
    assert_eq!(
        root.must("ListAccessKeys", "UserName=Rob")
            .await
            .text("UserName"),
        "Rob"
    );
    assert_eq!(root.ask("GetUser", "UserName=Bob").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_is_refused_and_ones_own_in_another_case_is_not() {
    let world = World::new().await;
    let root = world.root();
    for name in ["Bob", "Eve"] {
        root.must("CreateUser", &format!("UserName={name}")).await;
    }
    assert_eq!(
        root.refused("UpdateUser", "UserName=Bob&NewUserName=EVE")
            .await,
        "409 EntityAlreadyExists: User with name EVE already exists."
    );
    root.must("UpdateUser", "UserName=Bob&NewUserName=BOB")
        .await;
    assert_eq!(
        root.must("GetUser", "UserName=bob").await.text("UserName"),
        "BOB"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_attached_must_be_removed_first() {
    let world = World::new().await;
    let root = world.root();
    let delete = async || root.ask("DeleteUser", "UserName=bob").await.fault();
    assert_eq!(
        delete().await,
        "404 NoSuchEntity: The user with name bob cannot be found."
    );
    root.must_all(&[
        ("CreateUser", "UserName=Bob"),
        (
            "CreateLoginProfile",
            "UserName=Bob&Password=Some-Password-1",
        ),
        ("CreateAccessKey", "UserName=Bob"),
    ])
    .await;
    assert_eq!(
        delete().await,
        "409 DeleteConflict: Cannot delete entity, must delete login profile first."
    );
    root.must("DeleteLoginProfile", "UserName=Bob").await;
    assert_eq!(
        delete().await,
        "409 DeleteConflict: Cannot delete entity, must delete access keys first."
    );
    let key = root
        .must("ListAccessKeys", "UserName=Bob")
        .await
        .text("AccessKeyId")
        .to_owned();
    let form = format!("UserName=Bob&AccessKeyId={key}");
    root.must("DeleteAccessKey", &form).await;
    assert_eq!(delete().await, "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_longest_keys_follow_each_other() {
    let world = World::new().await;
    let keys: Vec<String> = ["漢", "字", "鍵"]
        .iter()
        .map(|key| key.repeat(128))
        .collect();
    let tags = keys.iter().enumerate().map(|(index, key)| {
        let number = index + 1;
        format!("&Tags.member.{number}.Key={key}&Tags.member.{number}.Value=")
    });
    let form = format!("UserName=Bob{}", tags.collect::<String>());
    world.root().must("CreateUser", &form).await;
    let (mut shown, mut marker) = (Vec::new(), String::new());
    loop {
        let form = format!("UserName=Bob&MaxItems=1{marker}");
        let heard = world.root().must("ListUserTags", &form).await;
        shown.push(heard.text("Key").to_owned());
        if heard.text("IsTruncated") == "false" {
            break;
        }
        marker = format!("&Marker={}", heard.text("Marker"));
    }
    assert_eq!(shown, keys);
}
