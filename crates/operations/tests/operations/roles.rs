//! Roles and whom they trust.

use keyward_names::AccountId;
use keyward_testkit::{Answer, Quotas, World, form};

const NONE: Vec<String> = Vec::new();
const OTHER: &str = "111122223333";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// A trust policy of one principal, which is JSON.
fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    )
}

fn aws(name: &str) -> String {
    trust(&format!(r#"{{"AWS":"{name}"}}"#))
}

fn create(name: &str, trust: &str) -> String {
    form(&[("RoleName", name), ("AssumeRolePolicyDocument", trust)])
}

fn service() -> String {
    trust(r#"{"Service":"ec2.amazonaws.com"}"#)
}

/// The trust policy that an answer shows.
fn shown_trust(heard: &Answer) -> String {
    let encoded = heard.text("AssumeRolePolicyDocument");
    let mut bytes = encoded.bytes();
    let mut text = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            let digits = std::str::from_utf8(&digits).unwrap();
            text.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            text.push(byte);
        }
    }
    String::from_utf8(text).unwrap()
}

/// Which of the members that not every answer has are there.
fn members(heard: &Answer) -> Vec<&'static str> {
    [
        "AssumeRolePolicyDocument",
        "Description",
        "MaxSessionDuration",
        "PermissionsBoundary",
        "Tags",
        "RoleLastUsed",
    ]
    .into_iter()
    .filter(|member| {
        heard.body.contains(&format!("<{member}>")) || heard.body.contains(&format!("<{member}/>"))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_shows_what_it_should_and_no_more() {
    let world = World::new().await;
    let root = world.root();
    let plain = root.ask("CreateRole", &create("Plain", &service())).await;
    assert_eq!(plain.text("Arn"), "arn:aws:iam::123456789012:role/Plain");
    assert!(plain.text("RoleId").starts_with("AROARZPUZDIK"));
    assert_eq!(members(&plain), ["AssumeRolePolicyDocument"]);
    assert_eq!(shown_trust(&plain), service());
    let full = create("Full", &service())
        + "&Path=%2Fa%2F&Description=what&MaxSessionDuration=7200&Tags.member.1.Key=k&Tags.member.1.Value=v&PermissionsBoundary="
        + READ_ONLY;
    let full = root.ask("CreateRole", &full).await;
    let written = ["AssumeRolePolicyDocument", "PermissionsBoundary", "Tags"];
    assert_eq!(members(&full), written);
    assert_eq!(full.text("PermissionsBoundaryArn"), READ_ONLY);
    assert_eq!(full.text("PermissionsBoundaryType"), "Policy");
    assert_eq!(full.text("Key"), "k");

    let got = root.ask("GetRole", "RoleName=FULL").await;
    assert_eq!(got.text("RoleName"), "Full");
    assert_eq!(got.text("Arn"), "arn:aws:iam::123456789012:role/a/Full");
    let all = [
        "AssumeRolePolicyDocument",
        "Description",
        "MaxSessionDuration",
        "PermissionsBoundary",
        "Tags",
        "RoleLastUsed",
    ];
    assert_eq!(members(&got), all);
    assert_eq!(got.text("MaxSessionDuration"), "7200");
    assert!(got.body.contains("<RoleLastUsed/>"), "{}", got.body);
    let got = root.ask("GetRole", "RoleName=plain").await;
    let least = [
        "AssumeRolePolicyDocument",
        "MaxSessionDuration",
        "RoleLastUsed",
    ];
    assert_eq!(members(&got), least);
    assert_eq!(got.text("MaxSessionDuration"), "3600");

    let list = root.ask("ListRoles", "PathPrefix=%2Fa").await;
    assert_eq!(list.texts("RoleName"), ["Full"]);
    let listed = [
        "AssumeRolePolicyDocument",
        "Description",
        "MaxSessionDuration",
    ];
    assert_eq!(members(&list), listed);
    let described = root
        .ask("UpdateRoleDescription", "RoleName=full&Description=new")
        .await;
    let with_description = [
        "AssumeRolePolicyDocument",
        "Description",
        "PermissionsBoundary",
        "Tags",
    ];
    assert_eq!(members(&described), with_description);
    assert_eq!(described.text("Description"), "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_made_is_refused_with_its_reason() {
    let world = World::with_quotas(Quotas {
        roles_per_account: 1,
        trust_policy_characters: 160,
        ..Quotas::default()
    })
    .await;
    let good = service();
    let long = trust(&format!(r#"{{"AWS":["{}"]}}"#, [OTHER; 8].join(r#"",""#)));
    let with = |more: &str| create("Role", &good) + more;
    let malformed = |text: &str| format!("400 MalformedPolicyDocument: {text}");
    world.root().check(&[
            (
                "CreateRole",
                &with("&Path=%2Faws-service-role%2Fx.amazonaws.com%2F"),
                "400 InvalidInput: The path /aws-service-role/x.amazonaws.com/ is reserved for roles that AWS makes.",
            ),
            (
                "CreateRole",
                &with("&PermissionsBoundary=arn:aws:iam::aws:user/x"),
                "400 InvalidInput: ARN arn:aws:iam::aws:user/x is not valid.",
            ),
            (
                "CreateRole",
                &with("&PermissionsBoundary=arn:aws:iam::aws:policy/x"),
                "404 NoSuchEntity: Scope ARN: arn:aws:iam::aws:policy/x does not exist or is not attachable.",
            ),
            (
                "CreateRole",
                &with("&PermissionsBoundary=arn:aws:iam::aws:policy/aws-service-role/BatchServiceRolePolicy"),
                "400 PolicyNotAttachable: Cannot attach AWS reserved policy to an IAM user.",
            ),
            (
                "CreateRole",
                &with("&Tags.member.1.Key=k&Tags.member.1.Value=&Tags.member.2.Key=K&Tags.member.2.Value="),
                "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ),
            (
                "CreateRole",
                &create("Role", "{"),
                &malformed("This policy contains invalid Json"),
            ),
            (
                "CreateRole",
                &create("Role", &long),
                "409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 160",
            ),
            ("CreateRole", &with(""), "200"),
            (
                "CreateRole",
                &create("ROLE", &good),
                "409 EntityAlreadyExists: Role with name ROLE already exists.",
            ),
            (
                "CreateRole",
                &create("Other", &good),
                "409 LimitExceeded: Cannot exceed quota for RolesPerAccount: 1",
            ),
            (
                "UpdateAssumeRolePolicy",
                &form(&[("RoleName", "role"), ("PolicyDocument", &long)]),
                "409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 160",
            ),
            (
                "UpdateAssumeRolePolicy",
                &form(&[("RoleName", "x"), ("PolicyDocument", "{")]),
                "404 NoSuchEntity: The role with name x cannot be found.",
            ),
            (
                "UpdateAssumeRolePolicy",
                &form(&[("RoleName", "role"), ("PolicyDocument", &good.replace("sts:AssumeRole", "s3:Get"))]),
                &malformed("AssumeRole policy may only specify STS AssumeRole actions."),
            ),
        ],
    )
    .await;
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_given_of_a_role_changes() {
    let world = World::new().await;
    let root = world.root();
    let form = create("Role", &service()) + "&Description=old&MaxSessionDuration=7200";
    root.must_all(&[("CreateRole", &form)]).await;
    for (form, description, duration) in [
        ("RoleName=role", "old", "7200"),
        ("RoleName=role&Description=new", "new", "7200"),
        ("RoleName=role&MaxSessionDuration=43200", "new", "43200"),
        ("RoleName=role&Description=", "", "43200"),
    ] {
        let updated = root.ask("UpdateRole", form).await;
        assert!(
            updated.body.contains("<UpdateRoleResult/>"),
            "{form} {}",
            updated.body
        );
        let got = root.ask("GetRole", "RoleName=Role").await;
        assert_eq!(got.text("Description"), description, "{form}");
        assert_eq!(got.text("MaxSessionDuration"), duration, "{form}");
    }
    for (duration, constraint) in [
        ("43201", "less than or equal to 43200"),
        ("3599", "greater than or equal to 3600"),
    ] {
        let form = format!("RoleName=Role&Description=x&MaxSessionDuration={duration}");
        let heard = root.ask("UpdateRole", &form).await.fault();
        assert!(heard.contains(constraint), "{heard}");
    }
    let got = root.ask("GetRole", "RoleName=Role").await;
    assert_eq!(got.text("Description"), "");
    let missing = "404 NoSuchEntity: The role with name x cannot be found.";
    root.check(&[
        ("GetRole", "RoleName=x", missing),
        ("UpdateRole", "RoleName=x", missing),
        ("UpdateRoleDescription", "RoleName=x&Description=", missing),
        ("DeleteRole", "RoleName=x", missing),
        ("TagRole", "RoleName=x&Tags=", missing),
        ("UntagRole", "RoleName=x&TagKeys.member.1=k", missing),
        ("ListRoleTags", "RoleName=x", missing),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_goes_when_no_profile_and_no_policy_but_a_boundary_is_left() {
    let world = World::new().await;
    let root = world.root();
    let attachment = format!("RoleName=Role&PolicyArn={READ_ONLY}");
    let boundary = format!("RoleName=Role&PermissionsBoundary={READ_ONLY}");
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
    let inline = format!("RoleName=Role&PolicyName=p&PolicyDocument={document}");
    let profile = "InstanceProfileName=Web&RoleName=Role";
    root.must_all(&[
        ("CreateRole", &create("Role", &service())),
        ("CreateInstanceProfile", "InstanceProfileName=Web"),
        ("AddRoleToInstanceProfile", profile),
        ("AttachRolePolicy", &attachment),
        ("PutRolePolicy", &inline),
        ("PutRolePermissionsBoundary", &boundary),
    ])
    .await;
    let conflict = async |what: &str| {
        let expected = format!("409 DeleteConflict: Cannot delete entity, must {what} first.");
        root.check(&[("DeleteRole", "RoleName=role", &expected)])
            .await;
    };
    conflict("remove roles from instance profile").await;
    root.must_all(&[("RemoveRoleFromInstanceProfile", profile)])
        .await;
    conflict("detach all policies").await;
    root.must_all(&[("DetachRolePolicy", &attachment)]).await;
    conflict("delete policies").await;
    root.must_all(&[
        ("DeleteRolePolicy", "RoleName=Role&PolicyName=p"),
        ("DeleteRole", "RoleName=role"),
    ])
    .await;
    let account = world.account().await;
    assert_eq!(account.broken_invariants(), NONE);
    assert_eq!(account.used_policy_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_of_roles_are_like_those_of_users_and_come_in_pages() {
    let world = World::new().await;
    let root = world.root();
    root.must_all(&[
            ("CreateRole", &(create("Role", &service()) + "&Tags.member.1.Key=Team&Tags.member.1.Value=1")),
            ("TagRole", "RoleName=role&Tags.member.1.Key=x&Tags.member.1.Value=&Tags.member.2.Key=TEAM&Tags.member.2.Value=2"),
        ],
    )
    .await;
    let first = root.ask("ListRoleTags", "RoleName=Role&MaxItems=1").await;
    assert_eq!(first.texts("Key"), ["x"]);
    let form = format!("RoleName=Role&Marker={}", first.text("Marker"));
    let rest = root.ask("ListRoleTags", &form).await;
    assert_eq!((rest.text("Key"), rest.text("Value")), ("TEAM", "2"));
    assert_eq!(rest.text("IsTruncated"), "false");
    root.check(&[
        (
            "TagRole",
            "RoleName=role&Tags=",
            "400 InvalidInput: Error occurred while validating input. ",
        ),
        (
            "TagRole",
            "RoleName=role&Tags.member.1.Key=aWs:x&Tags.member.1.Value=",
            "400 InvalidInput: Tag keys beginning with aws: are reserved for system use.",
        ),
        (
            "UntagRole",
            "RoleName=role&TagKeys.member.1=team&TagKeys.member.2=absent",
            "200",
        ),
    ])
    .await;
    let left = root.ask("ListRoleTags", "RoleName=Role").await;
    assert_eq!(left.texts("Key"), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_come_in_pages_by_name() {
    let world = World::new().await;
    let root = world.root();
    for name in ["bees", "Ants", "Cows"] {
        root.must_all(&[("CreateRole", &create(name, &service()))])
            .await;
    }
    let first = root.ask("ListRoles", "MaxItems=2").await;
    assert_eq!(first.texts("RoleName"), ["Ants", "bees"]);
    let rest = format!("Marker={}", first.text("Marker"));
    let rest = root.ask("ListRoles", &rest).await;
    assert_eq!(rest.texts("RoleName"), ["Cows"]);
    assert_eq!(rest.text("IsTruncated"), "false");
}

#[tokio::test(flavor = "multi_thread")]
async fn principals_must_exist_and_are_told_as_they_were_named() {
    let world = World::new().await;
    world
        .create_account(AccountId::parse(OTHER).unwrap(), "other")
        .await;
    let other = world.root_of(AccountId::parse(OTHER).unwrap());
    let root = world.root();
    other
        .must_all(&[("CreateUser", "UserName=Eve&Path=%2Fx%2F")])
        .await;
    other
        .must_all(&[("CreateRole", &create("Theirs", &service()))])
        .await;
    root.must_all(&[
        ("CreateUser", "UserName=Bob&Path=%2Fteam%2F"),
        (
            "CreateRole",
            &(create("Mine", &service()) + "&Path=%2Fr%2F"),
        ),
    ])
    .await;
    let eve = other.ask("GetUser", "UserName=Eve").await;
    let eve = eve.text("UserId").to_owned();
    for name in [
        "*",
        "123456789012",
        OTHER,
        "444455556666",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::123456789012:user/team/Bob",
        "arn:aws:iam::123456789012:role/r/Mine",
        "arn:aws:sts::123456789012:assumed-role/Mine/session",
        "arn:aws:iam::111122223333:user/x/Eve",
        "arn:aws:iam::111122223333:role/Theirs",
        "arn:aws:sts::111122223333:assumed-role/Theirs/session",
        // Nobody here knows whom other accounts have.
        "arn:aws:iam::444455556666:user/whoever",
        "arn:aws:sts::444455556666:assumed-role/whatever/session",
        &eve,
    ] {
        let made = root.ask("CreateRole", &create("Role", &aws(name))).await;
        assert_eq!(made.fault(), "200", "{name}");
        assert_eq!(shown_trust(&made), aws(name));
        let got = root.ask("GetRole", "RoleName=Role").await;
        assert_eq!(shown_trust(&got), aws(name));
        let update = form(&[("RoleName", "Mine"), ("PolicyDocument", &aws(name))]);
        root.must_all(&[
            ("UpdateAssumeRolePolicy", &update),
            ("DeleteRole", "RoleName=Role"),
        ])
        .await;
    }
    let before = world.account().await;
    for name in [
        "arn:aws:iam::123456789012:user/Bob",
        "arn:aws:iam::123456789012:user/team/bob",
        "arn:aws:iam::123456789012:role/team/Bob",
        "arn:aws:iam::123456789012:role/Role",
        "arn:aws:sts::123456789012:assumed-role/mine/session",
        "arn:aws:iam::111122223333:user/Eve",
        "arn:aws:iam::111122223333:role/theirs",
        "arn:aws:sts::111122223333:assumed-role/Mine/session",
        "arn:aws-cn:iam::123456789012:user/team/Bob",
        "AIDACKCEVSQ6C2EXAMPLE",
        "AROARZPUZDIKAAAAAAAAH",
    ] {
        let expected =
            format!(r#"400 MalformedPolicyDocument: Invalid principal in policy: "AWS":"{name}""#);
        let update = form(&[("RoleName", "Mine"), ("PolicyDocument", &aws(name))]);
        root.check(&[
            ("CreateRole", &create("Role", &aws(name)), &expected),
            ("UpdateAssumeRolePolicy", &update, &expected),
        ])
        .await;
    }
    assert!(*before == *world.account().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_trusted_stays_so_under_any_name_and_a_namesake_is_not() {
    let world = World::new().await;
    let root = world.root();
    let bob_and_helper = trust(
        r#"{"AWS":["arn:aws:iam::123456789012:user/Bob","arn:aws:iam::123456789012:role/Helper"]}"#,
    );
    root.must_all(&[
        ("CreateUser", "UserName=Bob"),
        ("CreateRole", &create("Helper", &service())),
        ("CreateRole", &create("Role", &bob_and_helper)),
        ("UpdateUser", "UserName=Bob&NewUserName=Rob&NewPath=%2Fa%2F"),
    ])
    .await;
    let told =
        async |world: &World| shown_trust(&world.root().ask("GetRole", "RoleName=Role").await);
    let renamed = bob_and_helper.replace("user/Bob", "user/a/Rob");
    assert_eq!(told(&world).await, renamed);
    let account = world.account().await;
    let rob = account.user("rob").unwrap().id.to_string();
    let helper = account.roles().find("helper").unwrap().id.to_string();
    root.must_all(&[
        ("DeleteUser", "UserName=Rob"),
        ("CreateUser", "UserName=Rob&Path=%2Fa%2F"),
        ("DeleteRole", "RoleName=Helper"),
        ("CreateRole", &create("Helper", &service())),
    ])
    .await;
    let gone = trust(&format!(r#"{{"AWS":["{rob}","{helper}"]}}"#));
    assert_eq!(told(&world).await, gone);
    assert_eq!(told(&world.other_node().await).await, gone);
    // What is told can't be given back: those it names are gone.
    let again = form(&[("RoleName", "Role"), ("PolicyDocument", &gone)]);
    let expected =
        format!(r#"400 MalformedPolicyDocument: Invalid principal in policy: "AWS":"{rob}""#);
    root.check(&[("UpdateAssumeRolePolicy", &again, &expected)])
        .await;
    // By its id too, one who is there is told by its ARN.
    let account = world.account().await;
    let rob = account.user("rob").unwrap().id.to_string();
    let by_id = form(&[("RoleName", "Role"), ("PolicyDocument", &aws(&rob))]);
    root.must_all(&[("UpdateAssumeRolePolicy", &by_id)]).await;
    let by_arn = aws("arn:aws:iam::123456789012:user/a/Rob");
    assert_eq!(told(&world).await, by_arn);
    let version = world.account().await.version();
    let same = form(&[("RoleName", "Role"), ("PolicyDocument", &by_arn)]);
    root.must_all(&[("UpdateAssumeRolePolicy", &same)]).await;
    assert_eq!(world.account().await.version(), version);
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn principals_must_still_be_there_when_a_trust_policy_becomes_durable() {
    let world = World::new().await;
    let root = world.root();
    let arn = "arn:aws:iam::123456789012:user/Bob";
    let expected =
        format!(r#"400 MalformedPolicyDocument: Invalid principal in policy: "AWS":"{arn}""#);
    root.must_all(&[
        ("CreateUser", "UserName=Bob"),
        ("CreateRole", &create("Role", &service())),
    ])
    .await;
    let update = form(&[("RoleName", "Role"), ("PolicyDocument", &aws(arn))]);
    let create = create("Other", &aws(arn));
    let held = world.store.hold_next();
    let (asker, delete) = (root.clone(), "UserName=Bob");
    let deleted = tokio::spawn(async move { asker.ask("DeleteUser", delete).await.fault() });
    held.reached().await;
    // Both still see Bob, and wait behind the commit that deletes him.
    let updated = root.queue("UpdateAssumeRolePolicy", &update).await;
    let created = root.queue("CreateRole", &create).await;
    held.let_go();
    assert_eq!(deleted.await.unwrap(), "200");
    assert_eq!(updated.await.unwrap(), expected);
    assert_eq!(created.await.unwrap(), expected);
}

fn denied(action: &str, resource: &str) -> String {
    format!(
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/Bob is not authorized to perform: \
         iam:{action} on resource: {resource} because no identity-based \
         policy allows the iam:{action} action"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_to_the_arn_that_a_role_has_and_by_its_boundary_and_tags() {
    let world = World::new().await;
    let root = world.root();
    let allow = async |statements: &str| {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let put = form(&[
            ("UserName", "Bob"),
            ("PolicyName", "p"),
            ("PolicyDocument", &document),
        ]);
        root.must_all(&[("PutUserPolicy", &put)]).await;
    };
    root.must_all(&[
        ("CreateUser", "UserName=Bob"),
        ("CreateRole", &create("Theirs", &service())),
    ])
    .await;
    let bob = world.user("Bob").await;
    allow(r#"{"Effect":"Allow","Action":["iam:CreateRole","iam:GetRole"],"Resource":"arn:aws:iam::123456789012:role/mine/*"}"#).await;
    let tags = "&Tags.member.1.Key=k&Tags.member.1.Value=v";
    let mine = create("Mine", &service()) + "&Path=%2Fmine%2F";
    bob.check(&[
        (
            "CreateRole",
            &create("Mine", "{"),
            &denied("CreateRole", "arn:aws:iam::123456789012:role/Mine"),
        ),
        (
            "CreateRole",
            &(mine.clone() + tags),
            &denied("TagRole", "arn:aws:iam::123456789012:role/mine/Mine"),
        ),
        ("CreateRole", &mine, "200"),
        ("GetRole", "RoleName=mine", "200"),
        (
            "GetRole",
            "RoleName=theirs",
            &denied("GetRole", "role theirs"),
        ),
        (
            "GetRole",
            "RoleName=nobody",
            &denied("GetRole", "role nobody"),
        ),
        (
            "DeleteRole",
            "RoleName=mine",
            &denied("DeleteRole", "role mine"),
        ),
        (
            "ListRoles",
            "",
            &denied("ListRoles", "arn:aws:iam::123456789012:role/"),
        ),
    ])
    .await;
    allow(&format!(
        r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{"StringEquals":{{"iam:PermissionsBoundary":"{READ_ONLY}"}}}}}}"#
    ))
    .await;
    let bounded = create("Bounded", &service()) + "&PermissionsBoundary=" + READ_ONLY;
    let update = form(&[("RoleName", "Bounded"), ("PolicyDocument", &service())]);
    let theirs = form(&[("RoleName", "Theirs"), ("PolicyDocument", &service())]);
    bob.check(&[
        (
            "CreateRole",
            &create("Free", &service()),
            &denied("CreateRole", "arn:aws:iam::123456789012:role/Free"),
        ),
        ("CreateRole", &bounded, "200"),
        ("GetRole", "RoleName=Bounded", "200"),
        ("UpdateRole", "RoleName=Bounded", "200"),
        (
            "UpdateRoleDescription",
            "RoleName=Bounded&Description=x",
            "200",
        ),
        ("UpdateAssumeRolePolicy", &update, "200"),
        (
            "UpdateAssumeRolePolicy",
            &theirs,
            &denied("UpdateAssumeRolePolicy", "role Theirs"),
        ),
        (
            "DeleteRole",
            "RoleName=Theirs",
            &denied("DeleteRole", "role Theirs"),
        ),
        ("DeleteRole", "RoleName=Bounded", "200"),
    ])
    .await;
    root.must_all(&[(
        "TagRole",
        "RoleName=Theirs&Tags.member.1.Key=team&Tags.member.1.Value=red",
    )])
    .await;
    allow(r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"red"}}},{"Effect":"Allow","Action":"iam:TagRole","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"open"},"StringEquals":{"aws:RequestTag/open":"yes"}}}"#).await;
    bob.check(&[
        ("GetRole", "RoleName=theirs", "200"),
        ("GetRole", "RoleName=mine", &denied("GetRole", "role mine")),
        (
            "TagRole",
            "RoleName=mine&Tags.member.1.Key=team&Tags.member.1.Value=red",
            &denied("TagRole", "role mine"),
        ),
        (
            "TagRole",
            "RoleName=mine&Tags.member.1.Key=open&Tags.member.1.Value=yes",
            "200",
        ),
        ("UntagRole", "RoleName=theirs&TagKeys.member.1=team", "200"),
        (
            "GetRole",
            "RoleName=theirs",
            &denied("GetRole", "role theirs"),
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_duration_of_sign_in_sessions_is_a_setting_of_its_own() {
    let world = World::new().await;
    let root = world.root();
    let form = form(&[
        ("RoleName", "Nightly"),
        ("AssumeRolePolicyDocument", &service()),
        ("MaxSessionDuration", "7200"),
        ("MaxSigninSessionDuration", "86400"),
    ]);
    let made = root.ask("CreateRole", &form).await;
    assert_eq!(made.text("MaxSigninSessionDuration"), "86400");
    for (change, shows) in [
        ("Description=x", Some("86400")),
        ("MaxSigninSessionDuration=3600", Some("3600")),
        ("ResetMaxSigninSessionDuration=true", None),
    ] {
        root.must("UpdateRole", &format!("RoleName=Nightly&{change}"))
            .await;
        let role = root.ask("GetRole", "RoleName=Nightly").await;
        assert_eq!(
            role.texts("MaxSigninSessionDuration").first().copied(),
            shows,
            "{change}"
        );
        assert_eq!(role.text("MaxSessionDuration"), "7200");
    }
    let both = "RoleName=Nightly&MaxSigninSessionDuration=3600&ResetMaxSigninSessionDuration=true";
    assert_eq!(
        root.refused("UpdateRole", both).await,
        "400 InvalidInput: MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true."
    );
    root.must(
        "CreateServiceLinkedRole",
        "AWSServiceName=batch.amazonaws.com",
    )
    .await;
    for form in [
        "MaxSigninSessionDuration=3600",
        "ResetMaxSigninSessionDuration=true",
    ] {
        let form = format!("RoleName=AWSServiceRoleForBatch&{form}");
        assert_eq!(
            root.refused("UpdateRole", &form).await,
            "400 UnmodifiableEntity: AWSServiceRoleForBatch is an AWS service linked role, max session duration cannot be changed."
        );
    }
}
