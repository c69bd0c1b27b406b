//! The installation's own keys, over starts and releases.

use keyward_credentials::MasterKey;
use keyward_engine::{Clock, InstallationKeys, KeysError};
use keyward_names::AccountId;
use keyward_store::{Commit, Store, Write};
use keyward_store_sqlite::SqliteStore;

fn master_key() -> MasterKey {
    MasterKey::new([7; 32])
}

async fn store() -> (SqliteStore, InstallationKeys) {
    let store = SqliteStore::in_memory().unwrap();
    let keys = InstallationKeys::create(&store, master_key(), Clock::real_now()).await;
    (store, keys.unwrap())
}

/// Whether what one sign-in key seals the other opens.
fn is_same(one: &InstallationKeys, other: &InstallationKeys) -> bool {
    let sealed = one.sign_in_key.seal("test", b"text", [1; 12]).unwrap();
    other.sign_in_key.open("test", &sealed).is_ok()
}

#[tokio::test]
async fn keys_are_the_same_at_every_start_and_open_with_the_master_key_alone() {
    let (store, made) = store().await;
    let opened = InstallationKeys::open(&store, master_key()).await.unwrap();
    assert!(is_same(&made, &opened));
    let again = InstallationKeys::create(&store, master_key(), Clock::real_now()).await;
    assert!(matches!(again, Err(KeysError::AlreadyInitialised)));
    let other = InstallationKeys::open(&store, MasterKey::new([8; 32])).await;
    assert!(matches!(other, Err(KeysError::WrongMasterKey)));
}

#[tokio::test]
async fn an_installation_from_before_there_was_a_sign_in_key_gets_one_for_good() {
    let (store, made) = store().await;
    let loaded = store.load(AccountId::INSTALLATION).await.unwrap().unwrap();
    let commit = Commit {
        account: AccountId::INSTALLATION,
        expected: loaded.version,
        entry_id: "without".to_owned(),
        at: Clock::real_now(),
        writes: vec![Write::delete("sign_in_key", "1")],
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    };
    drop(loaded);
    store.commit(vec![commit]).await.unwrap();
    let first = InstallationKeys::open(&store, master_key()).await.unwrap();
    let second = InstallationKeys::open(&store, master_key()).await.unwrap();
    assert!(!is_same(&made, &first));
    assert!(is_same(&first, &second));
}
