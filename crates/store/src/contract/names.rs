//! The directory of names.

use std::sync::Arc;

use keyward_names::AccountId;

use super::{RETENTION, Subject, account, claim, commit, commit_one};
use crate::{Claim, Commit, Committed, Version};

/// A name is its holder's until it lets go; the holder may claim it again; kinds don't meet.
pub async fn a_name_has_one_holder(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let done = |version| Committed::Done(Version::new(version));
    assert_eq!(
        commit_one(&store, claims(1, 0, &["acme", "Acme"])).await,
        done(1)
    );
    assert_eq!(commit_one(&store, claims(1, 1, &["acme"])).await, done(2));
    assert_eq!(
        commit_one(&store, claims(2, 0, &["other", "acme"])).await,
        Committed::Taken(claim("acme"))
    );
    let mut another_kind = commit(AccountId::INSTALLATION, 0, Vec::new());
    another_kind.claims.push(Claim {
        kind: "account",
        name: "acme".to_owned(),
    });
    assert_eq!(commit_one(&store, another_kind).await, done(1));
    let holder = |kind, name| store.directory(kind, name);
    assert_eq!(holder("alias", "acme").await.unwrap(), Some(account(1)));
    assert_eq!(holder("alias", "Acme").await.unwrap(), Some(account(1)));
    assert_eq!(
        holder("account", "acme").await.unwrap(),
        Some(AccountId::INSTALLATION)
    );
    assert_eq!(holder("alias", "ACME").await.unwrap(), None);
    assert_eq!(holder("alias", "other").await.unwrap(), None);
}

/// Releases come first, and only of what the account holds.
pub async fn a_released_name_is_free_even_in_the_same_commit(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, claims(1, 0, &["acme", "kept"])).await;
    let mut not_theirs = claims(2, 0, &[]);
    not_theirs
        .releases
        .extend([claim("acme"), claim("nobody's")]);
    commit_one(&store, not_theirs).await;
    assert_eq!(
        store.directory("alias", "acme").await.unwrap(),
        Some(account(1))
    );

    let mut back_and_forth = claims(1, 1, &["kept"]);
    back_and_forth
        .releases
        .extend([claim("acme"), claim("kept")]);
    commit_one(&store, back_and_forth).await;
    assert_eq!(store.directory("alias", "acme").await.unwrap(), None);
    assert_eq!(
        store.directory("alias", "kept").await.unwrap(),
        Some(account(1))
    );
    assert_eq!(
        commit_one(&store, claims(2, 1, &["acme"])).await,
        Committed::Done(Version::new(2))
    );
}

/// Neither a conflict nor a taken name releases or claims anything.
pub async fn a_commit_that_does_nothing_leaves_the_directory_alone(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, claims(1, 0, &["acme"])).await;
    commit_one(&store, claims(2, 0, &["other"])).await;
    for (expected, claimed) in [(7, "new"), (1, "acme")] {
        let mut refused = claims(2, expected, &["new", claimed]);
        refused.releases.push(claim("other"));
        let answer = commit_one(&store, refused).await;
        assert!(!matches!(answer, Committed::Done(_)));
    }
    assert_eq!(
        store.directory("alias", "other").await.unwrap(),
        Some(account(2))
    );
    assert_eq!(store.directory("alias", "new").await.unwrap(), None);
}

/// Accounts that claim the same name at once: one gets it.
pub async fn exactly_one_of_many_claimants_gets_a_name(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..16 {
        let store = Arc::clone(&store);
        callers.spawn(async move {
            (
                caller,
                commit_one(&store, claims(caller, 0, &["acme"])).await,
            )
        });
    }
    let mut winners = Vec::new();
    for (caller, answer) in callers.join_all().await {
        match answer {
            Committed::Done(_) => winners.push(account(caller)),
            Committed::Taken(taken) => assert_eq!(taken, claim("acme")),
            Committed::Conflict { current } => panic!("nobody else is at {current}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(
        store.directory("alias", "acme").await.unwrap(),
        Some(winners[0])
    );
}

/// A list goes on after a name, whether that is there or not.
pub async fn the_directory_is_listed_in_byte_order(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, claims(1, 0, &["b", "é", "B"])).await;
    commit_one(&store, claims(2, 0, &["a", "a-"])).await;
    let list = async |after, limit| {
        let entries = store.directory_list("alias", after, limit).await.unwrap();
        entries
            .into_iter()
            .map(|entry| format!("{}:{}", entry.name, entry.account.number()))
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, 9).await, ["B:1", "a:2", "a-:2", "b:1", "é:1"]);
    assert_eq!(list(None, 2).await, ["B:1", "a:2"]);
    assert_eq!(list(Some("a"), 2).await, ["a-:2", "b:1"]);
    assert_eq!(list(Some("aa"), 9).await, ["b:1", "é:1"]);
    assert!(
        store
            .directory_list("other", None, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

fn claims(number: u64, expected: u64, names: &[&str]) -> Commit {
    let mut commit = commit(account(number), expected, Vec::new());
    commit.claims = names.iter().map(|name| claim(name)).collect();
    commit
}
