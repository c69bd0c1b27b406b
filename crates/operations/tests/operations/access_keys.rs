//! Access keys of users and of the root user.

use keyward_store::Store;
use keyward_testkit::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_the_root_user_have_two_keys_at_most() {
    let world = World::new().await;
    world.root().must("CreateUser", "UserName=Bob").await;
    for form in ["UserName=Bob", ""] {
        for _ in 0..2 {
            let heard = world.root().must("CreateAccessKey", form).await;
            assert_eq!(heard.text("SecretAccessKey").len(), 40);
            assert!(heard.text("AccessKeyId").starts_with("AKIARZPUZDIK"));
            assert_eq!(heard.body.contains("<UserName>"), !form.is_empty());
        }
        assert_eq!(
            world.root().refused("CreateAccessKey", form).await,
            "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_kept_sealed() {
    let world = World::new().await;
    let heard = world.root().must("CreateAccessKey", "").await;
    let records = world.store.load(world.account_id).await.unwrap().unwrap();
    for record in records.into_records().await.unwrap() {
        assert!(
            !record.body.contains(heard.text("SecretAccessKey")),
            "{}",
            record.kind
        );
    }
}
