//! What may be used once, and when things were last used.

use std::sync::Arc;

use super::{RETENTION, Subject, account, time};
use crate::{OneTimeKey, Store, Use};

/// The first use is the only one, for each account, kind and key, and also after a crash; what is no
/// longer good can't be used at all.
pub async fn a_key_is_used_once(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    assert!(store.use_once(key("a", 1), time(0)).await.unwrap());
    assert!(!store.use_once(key("a", 1), time(0)).await.unwrap());
    assert!(!store.use_once(key("a", 1), time(99)).await.unwrap());
    assert!(store.use_once(key("a", 2), time(0)).await.unwrap());
    assert!(store.use_once(key("b", 1), time(0)).await.unwrap());
    let of_another_kind = OneTimeKey {
        kind: "proof",
        ..key("a", 1)
    };
    assert!(store.use_once(of_another_kind, time(0)).await.unwrap());
    assert!(!store.use_once(key("late", 1), time(100)).await.unwrap());
    // A use that is past remembering makes room for others, and takes none of them along.
    assert!(store.use_once(key("c", 1), time(50)).await.unwrap());
    let good_longer = OneTimeKey {
        until: time(200),
        ..key("d", 1)
    };
    assert!(
        store
            .use_once(good_longer.clone(), time(150))
            .await
            .unwrap()
    );
    assert!(
        !store
            .use_once(good_longer.clone(), time(150))
            .await
            .unwrap()
    );
    if let Some(found) = subject.after_a_crash(&store).await {
        assert!(!found.use_once(good_longer, time(150)).await.unwrap());
    }
}

/// Of many callers one uses the key.
pub async fn exactly_one_of_many_callers_uses_a_key(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    for round in 0..10 {
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let store = Arc::clone(&store);
            callers.spawn(async move {
                let key = key(&round.to_string(), 1);
                store.use_once(key, time(0)).await.unwrap()
            });
        }
        let answers = callers.join_all().await;
        assert_eq!(answers.into_iter().filter(|first| *first).count(), 1);
    }
}

/// Whoever asks after a use was told finds it, while other keys are being used as well; and what one
/// asker has seen, no later one misses, nor the next start after a crash.
pub async fn a_used_key_is_seen_at_once_by_everyone(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..8 {
        let store = Arc::clone(&store);
        callers.spawn(async move {
            for round in 0..20 {
                let key = key(&format!("{caller}-{round}"), 1);
                assert!(!is_used(&store, &key).await);
                let (first, ()) = tokio::join!(store.use_once(key.clone(), time(0)), async {
                    let was_seen = is_used(&store, &key).await;
                    let is_seen = is_used(&store, &key).await;
                    assert!(is_seen || !was_seen);
                });
                assert!(first.unwrap());
                assert!(is_used(&store, &key).await);
            }
        });
    }
    callers.join_all().await;
    if let Some(found) = subject.after_a_crash(&store).await {
        for caller in 0..8 {
            assert!(is_used(&found, &key(&format!("{caller}-19"), 1)).await);
        }
        assert!(!is_used(&found, &key("8-19", 1)).await);
    }
}

/// A key that was only asked about can still be used; a use says nothing of another account, kind or
/// name, and outlives those that are forgotten.
pub async fn asking_uses_nothing_up_and_keys_do_not_meet(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let used = OneTimeKey {
        until: time(200),
        ..key("a", 1)
    };
    assert!(!is_used(&store, &used).await);
    assert!(store.use_once(used.clone(), time(0)).await.unwrap());
    let of_another_kind = OneTimeKey {
        kind: "proof",
        ..key("a", 1)
    };
    for other in [key("a", 2), key("b", 1), key("A", 1), of_another_kind] {
        assert!(!is_used(&store, &other).await, "{other:?}");
    }
    // Keys that are good no longer are forgotten meanwhile.
    assert!(store.use_once(key("b", 1), time(50)).await.unwrap());
    let good_longer = OneTimeKey {
        until: time(200),
        ..key("c", 1)
    };
    assert!(store.use_once(good_longer, time(150)).await.unwrap());
    assert!(is_used(&store, &used).await);
    // A use that was refused because it came too late is none.
    assert!(!store.use_once(key("late", 1), time(100)).await.unwrap());
    assert!(!is_used(&store, &key("late", 1)).await);
}

async fn is_used(store: &Arc<dyn Store>, key: &OneTimeKey) -> bool {
    store
        .is_used(key.account, key.kind, &key.key)
        .await
        .unwrap()
}

/// Notes may come late and in any order; the newest stands, and of two at one time the last.
pub async fn an_older_note_never_replaces_a_newer_one(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let note = |subject: &str, at, detail: &str| Use {
        account: account(1),
        subject: subject.to_owned(),
        at: time(at),
        detail: detail.to_owned(),
    };
    let batch = vec![
        note("a", 5, "1"),
        note("b", 5, "2"),
        note("a", 7, "3"),
        note("a", 6, "4"),
    ];
    store.note_use(batch).await.unwrap();
    store
        .note_use(vec![note("b", 4, "5"), note("b", 3, "6")])
        .await
        .unwrap();
    store
        .note_use(vec![note("c", 1, "7"), note("c", 1, "8")])
        .await
        .unwrap();
    let subjects = ["c", "none", "a", "b"].map(str::to_owned);
    let seen = store.uses(account(1), &subjects).await.unwrap();
    assert_eq!(
        seen,
        [note("c", 1, "8"), note("a", 7, "3"), note("b", 5, "2")]
    );
    assert!(store.uses(account(2), &subjects).await.unwrap().is_empty());
}

fn key(key: &str, number: u64) -> OneTimeKey {
    OneTimeKey {
        account: account(number),
        kind: "code",
        key: key.to_owned(),
        until: time(100),
    }
}
