//! When roles were last used.

use keyward_names::{Age, RoleId};
use keyward_testkit::{Answer, World};

use super::{BOB, create_role, trusting, world};

async fn use_role(world: &World, role: RoleId, region: &str) {
    world
        .installation
        .note_role_use(world.account_id, role, region);
}

/// What an answer says of the last use.
fn told(heard: &Answer) -> (String, String) {
    assert!(heard.body.contains("RoleLastUsed"), "{}", heard.body);
    (
        heard.text("LastUsedDate").to_owned(),
        heard.text("Region").to_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_tells_when_it_was_last_used_for_400_days() {
    let (world, _) = world().await;
    let root = world.root();
    let made = create_role(&root, "Build", &trusting(BOB)).await;
    create_role(&root, "Deploy", &trusting(BOB)).await;
    let role = RoleId::parse(made.text("RoleId")).unwrap();
    let get = async || root.must("GetRole", "RoleName=Build").await;
    let details = async || {
        let form = "Filter.member.1=Role";
        root.must("GetAccountAuthorizationDetails", form).await
    };
    let nothing = (String::new(), String::new());
    assert_eq!(told(&get().await), nothing);
    assert_eq!(told(&details().await), nothing);

    let clock = world.installation.clock();
    use_role(&world, role, "eu-west-1").await;
    let (first, region) = told(&get().await);
    assert_eq!(region, "eu-west-1");
    let now = clock.now();
    assert!(first <= now.to_string() && first >= now.plus(Age::seconds(-60)).to_string());
    assert_eq!(told(&details().await), (first.clone(), region.clone()));
    // One use within a quarter of an hour is recorded, wherever it was.
    clock.advance(Age::seconds(800));
    use_role(&world, role, "us-east-1").await;
    assert_eq!(told(&get().await), (first.clone(), region.clone()));
    clock.advance(Age::seconds(100));
    use_role(&world, role, "us-east-1").await;
    let (second, region) = told(&get().await);
    assert!(second > first, "{second}");
    assert_eq!(region, "us-east-1");
    // The other has none.
    let other = root.must("GetRole", "RoleName=Deploy").await;
    assert_eq!(told(&other), nothing);
    // Lists and what was just made don't tell.
    let listed = root.must("ListRoles", "").await;
    assert!(!listed.body.contains("RoleLastUsed"), "{}", listed.body);

    clock.advance(Age::days(399));
    assert_eq!(told(&get().await).0, second);
    clock.advance(Age::days(2));
    assert_eq!(told(&get().await), nothing);
    assert_eq!(told(&details().await), nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_knows_of_the_use_once_it_is_written() {
    let (world, _) = world().await;
    let made = create_role(&world.root(), "Build", &trusting(BOB)).await;
    let role = RoleId::parse(made.text("RoleId")).unwrap();
    use_role(&world, role, "eu-west-1").await;
    let other = world.other_node().await;
    world.installation.write_uses().await.unwrap();
    let here = world.root().must("GetRole", "RoleName=Build").await;
    let there = other.root().must("GetRole", "RoleName=Build").await;
    assert_eq!(told(&there), told(&here));
    assert_eq!(told(&there).1, "eu-west-1");
}
