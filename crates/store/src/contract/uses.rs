//! What may be used once, and when things were last used.

use std::sync::Arc;

use super::{RETENTION, Subject, account, time};
use crate::{OneTimeKey, Use};

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
