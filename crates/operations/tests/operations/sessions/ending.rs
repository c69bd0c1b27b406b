//! When sessions end, and that every node of an installation knows them.

use keyward_names::{AccessKeyId, AccountId, Age, Timestamp};
use keyward_store::Store as _;
use keyward_testkit::{Answer, Asker, World, form, policy_document};

use super::{
    BOB, NO_TOKEN, allowing, assume, create_role, identity, in_role, other_account, other_root,
    role_arn, trusting, world,
};

async fn delete_user(root: &Asker, name: &str) {
    let of = format!("UserName={name}");
    let keys = root.must("ListAccessKeys", &of).await;
    for key in keys.texts("AccessKeyId") {
        root.must("DeleteAccessKey", &format!("{of}&AccessKeyId={key}"))
            .await;
    }
    let policies = root.must("ListUserPolicies", &of).await;
    for policy in policies.texts("member") {
        root.must("DeleteUserPolicy", &format!("{of}&PolicyName={policy}"))
            .await;
    }
    root.must("DeleteUser", &of).await;
}

async fn open(world: &World, given_out: &Answer) -> String {
    let id = AccessKeyId::parse(given_out.text("AccessKeyId")).unwrap();
    let token = given_out.text("SessionToken");
    match world.installation.open_session(id, token).await {
        Ok(_) => "200".to_owned(),
        Err(fault) => {
            let code = fault.code();
            let message = fault.message().unwrap_or_default();
            format!("{} {}: {message}", code.status(), code.code())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_with_the_user_and_do_not_begin_again_in_a_namesake() {
    let (world, bob) = world().await;
    let root = world.root();
    root.set_user_policy("Bob", &allowing(r#""*""#)).await;
    create_role(&root, "Build", &trusting(BOB)).await;
    root.set_role_policy("Build", &allowing(r#""*""#)).await;
    let own = bob.session(&bob.ask("GetSessionToken", "").await).await;
    let everything = policy_document(&allowing(r#""*""#));
    let federate = form(&[("Name", "ann"), ("Policy", &everything)]);
    let ann = bob
        .session(&bob.ask("GetFederationToken", &federate).await)
        .await;
    let role = in_role(&bob, "Build", &[]).await;

    // A key that goes takes no session with it.
    let keys = root.must("ListAccessKeys", "UserName=Bob").await;
    let key = format!("UserName=Bob&AccessKeyId={}", keys.text("AccessKeyId"));
    root.must("UpdateAccessKey", &format!("{key}&Status=Inactive"))
        .await;
    assert_eq!(bob.refused("ListUsers", "").await, NO_TOKEN);
    for session in [&own, &ann, &role] {
        session.must("GetCallerIdentity", "").await;
    }
    // A user keeps them who is called otherwise.
    root.must("UpdateUser", "UserName=Bob&NewUserName=Rob")
        .await;
    let arn = "arn:aws:iam::123456789012:user/Rob";
    assert_eq!(identity(&own).await.1, arn);
    ann.must("GetCallerIdentity", "").await;

    delete_user(&root, "Rob").await;
    for again in [false, true] {
        if again {
            for name in ["Rob", "Bob"] {
                root.must("CreateUser", &format!("UserName={name}")).await;
                root.set_user_policy(name, &allowing(r#""*""#)).await;
            }
        }
        let asked = assume(&own, &role_arn("Build"), &[]).await;
        assert_eq!(asked.fault(), NO_TOKEN, "{again}");
        assert_eq!(ann.refused("ListUsers", "").await, NO_TOKEN, "{again}");
        assert_eq!(
            ann.refused("CreateUser", "UserName=X").await,
            NO_TOKEN,
            "{again}"
        );
        // The role is still there.
        role.must("ListUsers", "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_with_the_role_and_do_not_begin_again_in_a_namesake() {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(BOB)).await;
    root.set_role_policy("Build", &allowing(r#""*""#)).await;
    let session = in_role(&bob, "Build", &[]).await;
    session.must("ListUsers", "").await;
    root.must("DeleteRolePolicy", "RoleName=Build&PolicyName=p")
        .await;
    root.must("DeleteRole", "RoleName=Build").await;
    assert_eq!(session.refused("ListUsers", "").await, NO_TOKEN);
    create_role(&root, "Build", &trusting(BOB)).await;
    root.set_role_policy("Build", &allowing(r#""*""#)).await;
    for (action, form) in [("ListUsers", ""), ("CreateUser", "UserName=Eve")] {
        assert_eq!(session.refused(action, form).await, NO_TOKEN, "{action}");
    }
    let again = in_role(&bob, "Build", &[]).await;
    again.must("ListUsers", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_with_the_account() {
    let (world, _) = world().await;
    let other = other_root(&world).await;
    other.must("CreateUser", "UserName=Eve").await;
    let eve = world.user_of(other_account(), "Eve").await;
    other.set_user_policy("Eve", &allowing(r#""*""#)).await;
    let everything = policy_document(&allowing(r#""*""#));
    let federate = form(&[("Name", "ann"), ("Policy", &everything)]);
    let of_root = other.ask("GetFederationToken", &federate).await;
    let of_root = other.session(&of_root).await;
    let of_user = eve.ask("GetFederationToken", &federate).await;
    let of_user = eve.session(&of_user).await;
    for session in [&of_root, &of_user] {
        assert_eq!(session.judged("ListUsers", "*").await, "200");
    }
    let installation = &world.installation;
    installation.end_account(other_account()).await.unwrap();
    installation.clock().advance(Age::seconds(1));
    world.create_account(other_account(), "other").await;
    other.must("CreateUser", "UserName=Eve").await;
    other.set_user_policy("Eve", &allowing(r#""*""#)).await;
    for session in [&of_root, &of_user] {
        assert_eq!(session.judged("ListUsers", "*").await, NO_TOKEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_until_its_time_is_over() {
    let (world, bob) = world().await;
    create_role(&world.root(), "Build", &trusting(BOB)).await;
    let short = assume(&bob, &role_arn("Build"), &[("DurationSeconds", "900")]).await;
    let long = bob.ask("GetSessionToken", "").await;
    let expired = "403 ExpiredToken: The security token included in the request is expired";
    for (advance, of_short, of_long) in [
        (0, "200", "200"),
        (890, "200", "200"),
        (10, expired, "200"),
        (43_200, expired, expired),
    ] {
        world.installation.clock().advance(Age::seconds(advance));
        assert_eq!(open(&world, &short).await, of_short, "{advance}");
        assert_eq!(open(&world, &long).await, of_long, "{advance}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_with_its_key_alone_and_nowhere_else() {
    let (world, bob) = world().await;
    let (one, two) = (
        bob.ask("GetSessionToken", "").await,
        bob.ask("GetSessionToken", "").await,
    );
    assert_eq!(open(&world, &one).await, "200");
    let mixed = Answer {
        status: 200,
        body: one
            .body
            .replace(one.text("SessionToken"), two.text("SessionToken")),
    };
    assert_eq!(open(&world, &mixed).await, NO_TOKEN);
    let token = one.text("SessionToken");
    let (start, end) = token.split_at(4);
    let shortened = token.get(..token.len() - 4).unwrap();
    for bad in [start, end, shortened, "", "AAAA", "no base64!"] {
        let changed = Answer {
            status: 200,
            body: one.body.replace(token, bad),
        };
        assert_eq!(open(&world, &changed).await, NO_TOKEN, "{bad}");
    }
    let elsewhere = World::new().await;
    assert_eq!(open(&elsewhere, &one).await, NO_TOKEN);
    let other_node = world.other_node().await;
    assert_eq!(open(&other_node, &one).await, "200");
}

/// When the keys that seal session tokens were made, oldest first, as they are recorded.
async fn keys_made(world: &World) -> Vec<String> {
    let loaded = world.store.load(AccountId::INSTALLATION).await.unwrap();
    let records = loaded.unwrap().into_records().await.unwrap();
    let mut made = Vec::new();
    for record in records
        .iter()
        .filter(|record| &*record.kind == "session_key")
    {
        let (_, after) = record.body.split_once(r#""made":""#).unwrap();
        made.push(after.split_once('"').unwrap().0.to_owned());
    }
    made.sort();
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_node_made_is_found_and_older_ones_still_open() {
    let (world, bob) = world().await;
    let before = bob.ask("GetSessionToken", "").await;
    let mut installation = world.other_node().await;
    installation.account_id = AccountId::INSTALLATION;
    let made = keys_made(&world).await;
    let ago = |seconds: i64| {
        let made = Timestamp::parse(&made[0]).unwrap();
        made.plus(Age::seconds(-seconds)).to_string()
    };
    let month_ago = ago(31 * 86_400);
    installation
        .rewrite_record("session_key", &made[0], &month_ago)
        .await;
    // A node finds that the key is old and makes another, which seals when all know of it.
    let maker = world.other_node().await;
    while keys_made(&world).await.len() < 2 {
        tokio::task::yield_now().await;
    }
    let made = keys_made(&world).await;
    assert_eq!(made[0], month_ago);
    let three_hours_ago = ago(3 * 3_600);
    installation
        .rewrite_record("session_key", &made[1], &three_hours_ago)
        .await;
    let later = world.other_node().await;
    let after = later.user("Bob").await.ask("GetSessionToken", "").await;
    let prefix = |heard: &Answer| heard.text("SessionToken").get(..7).unwrap().to_owned();
    assert_ne!(
        prefix(&before),
        prefix(&after),
        "they are sealed by different keys"
    );
    for node in [&world, &maker, &later] {
        for given_out in [&before, &after] {
            assert_eq!(open(node, given_out).await, "200");
        }
    }
}
