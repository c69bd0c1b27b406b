//! What a commit does, and when it does nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use keyward_names::AccountId;

use super::{
    RETENTION, Subject, account, claim, commit, commit_at_any_cost, commit_one, keys, load, put,
};
use crate::{Committed, StoreError, Version, Write};

/// The first commit of an account makes version 1, the next one 2.
pub async fn a_commit_makes_the_next_version(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    for account in [account(1), AccountId::INSTALLATION] {
        for expected in 0..3 {
            assert_eq!(
                commit_one(&store, commit(account, expected, vec![put("a")])).await,
                Committed::Done(Version::new(expected + 1))
            );
        }
        assert_eq!(load(&store, account).await.0, Version::new(3));
    }
}

/// A commit for a version before or after the current one says where the account stands.
pub async fn a_commit_for_another_version_is_a_conflict_and_does_nothing(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let ahead = commit_one(&store, commit(account(1), 1, vec![put("a")])).await;
    assert_eq!(
        ahead,
        Committed::Conflict {
            current: Version::NONE
        }
    );
    assert!(store.load(account(1)).await.unwrap().is_none());
    commit_one(&store, commit(account(1), 0, vec![put("a")])).await;
    for expected in [0, 2] {
        assert_eq!(
            commit_one(&store, commit(account(1), expected, vec![put("b")])).await,
            Committed::Conflict {
                current: Version::new(1)
            }
        );
    }
    assert_eq!(keys(&store, account(1)).await, ["thing/a"]);
}

/// A conflict and a taken name in the middle of a batch leave the others done.
pub async fn the_answers_of_a_batch_are_its_own_and_in_order(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let mut holder = commit(account(9), 0, Vec::new());
    holder.claims.push(claim("acme"));
    commit_one(&store, holder).await;
    let mut taken = commit(account(3), 0, vec![put("c")]);
    taken.claims.extend([claim("free"), claim("acme")]);
    let answers = store
        .commit(vec![
            commit(account(1), 0, vec![put("a")]),
            commit(account(2), 7, vec![put("b")]),
            taken,
            commit(account(4), 0, vec![put("d")]),
        ])
        .await
        .unwrap();
    assert_eq!(
        answers,
        [
            Committed::Done(Version::new(1)),
            Committed::Conflict {
                current: Version::NONE
            },
            Committed::Taken(claim("acme")),
            Committed::Done(Version::new(1)),
        ]
    );
    assert_eq!(keys(&store, account(1)).await, ["thing/a"]);
    assert!(store.load(account(2)).await.unwrap().is_none());
    assert!(store.load(account(3)).await.unwrap().is_none());
    assert_eq!(store.directory("alias", "free").await.unwrap(), None);
    assert_eq!(keys(&store, account(4)).await, ["thing/d"]);
    assert_eq!(store.commit(Vec::new()).await.unwrap(), []);
}

/// The second commit of an account in a batch builds upon the first.
pub async fn a_commit_may_follow_another_of_its_account_in_one_batch(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let answers = store
        .commit(vec![
            commit(account(1), 0, vec![put("a")]),
            commit(account(1), 0, vec![put("lost")]),
            commit(account(1), 1, vec![put("b")]),
        ])
        .await
        .unwrap();
    assert_eq!(
        answers,
        [
            Committed::Done(Version::new(1)),
            Committed::Conflict {
                current: Version::new(1)
            },
            Committed::Done(Version::new(2)),
        ]
    );
    assert_eq!(keys(&store, account(1)).await, ["thing/a", "thing/b"]);
}

/// Of callers that expect the same version one is done, and only its writes are there.
pub async fn exactly_one_of_many_committers_makes_a_version(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    for expected in 0..20 {
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..8 {
            let store = Arc::clone(&store);
            callers.spawn(async move {
                let key = format!("{expected}-{caller}");
                let answer =
                    commit_one(&store, commit(account(1), expected, vec![put(&key)])).await;
                (key, answer)
            });
        }
        let answers = callers.join_all().await;
        let (winners, losers): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|(_, answer)| matches!(answer, Committed::Done(_)));
        let current = Version::new(expected + 1);
        assert_eq!(winners.len(), 1);
        assert_eq!(winners[0].1, Committed::Done(current));
        for (_, answer) in losers {
            assert_eq!(answer, Committed::Conflict { current });
        }
        let (_, records) = load(&store, account(1)).await;
        assert_eq!(u64::try_from(records.len()).unwrap(), expected + 1);
        assert!(records.iter().any(|record| *record.key == *winners[0].0));
    }
}

/// Writes are done in order; deleting what is not there is fine.
pub async fn the_last_write_of_a_key_stands_and_deletes_delete(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let first = vec![
        Write::put("thing", "a", "1"),
        Write::put("thing", "a", "2"),
        Write::put("thing", "b", "3"),
        Write::put("other", "a", "4"),
        Write::delete("thing", "never"),
    ];
    commit_one(&store, commit(account(1), 0, first)).await;
    let second = vec![
        Write::delete("thing", "b"),
        Write::put("thing", "c", "5"),
        Write::delete("thing", "c"),
        Write::delete("other", "a"),
        Write::put("other", "a", "6"),
    ];
    commit_one(&store, commit(account(1), 1, second)).await;
    let (_, records) = load(&store, account(1)).await;
    let seen: Vec<_> = records
        .iter()
        .map(|record| (&*record.kind, &*record.key, &*record.body))
        .collect();
    assert_eq!(seen, [("other", "a", "6"), ("thing", "a", "2")]);
}

/// An account may exist and have no records.
pub async fn a_commit_without_writes_makes_a_version(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, commit(account(1), 0, Vec::new())).await;
    assert_eq!(
        load(&store, account(1)).await,
        (Version::new(1), Vec::new())
    );
}

/// A call that can't be kept fails as a whole, and the store goes on.
pub async fn a_body_that_is_not_json_spoils_nothing(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let refused = store
        .commit(vec![
            commit(account(1), 0, vec![put("a")]),
            commit(account(2), 0, vec![Write::put("thing", "b", "{")]),
        ])
        .await;
    assert!(
        matches!(refused, Err(StoreError::Corrupt(_))),
        "{refused:?}"
    );
    assert!(store.load(account(1)).await.unwrap().is_none());
    assert_eq!(
        commit_one(&store, commit(account(1), 0, vec![put("a")])).await,
        Committed::Done(Version::new(1))
    );
}

/// While commits go on, a crash is simulated again and again: everything answered before is there.
pub async fn what_was_answered_is_there_after_a_crash(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    for round in 0..3 {
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..8_u64 {
            let store = Arc::clone(&store);
            callers.spawn(async move {
                for count in 0..5 {
                    let key = format!("{round}-{caller}-{count}");
                    commit_at_any_cost(&store, account(caller % 3), vec![put(&key)]).await;
                }
            });
        }
        callers.join_all().await;
        let Some(found) = subject.after_a_crash(&store).await else {
            return;
        };
        let mut expected = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for number in 0..3 {
            assert_eq!(
                load(&found, account(number)).await,
                load(&store, account(number)).await
            );
            seen.extend(keys(&found, account(number)).await);
        }
        for past in 0..=round {
            for caller in 0..8 {
                expected.extend((0..5).map(|count| format!("thing/{past}-{caller}-{count}")));
            }
        }
        assert_eq!(seen, expected);
        found.close().await.unwrap();
    }
}

/// After its end every verb says so, and ending it twice is fine.
pub async fn a_closed_store_is_unavailable(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, commit(account(1), 0, vec![put("a")])).await;
    store.close().await.unwrap();
    store.close().await.unwrap();
    let unavailable = |error: Option<StoreError>| {
        assert!(
            matches!(error, Some(StoreError::Unavailable(_))),
            "{error:?}"
        );
    };
    unavailable(store.load(account(1)).await.err());
    unavailable(
        store
            .commit(vec![commit(account(1), 1, Vec::new())])
            .await
            .err(),
    );
    unavailable(store.changes(account(1), Version::NONE).await.err());
    unavailable(store.heads().await.err());
    unavailable(store.directory("alias", "acme").await.err());
    unavailable(store.note_use(Vec::new()).await.err());
    unavailable(store.is_used(account(1), "code", "a").await.err());
}
