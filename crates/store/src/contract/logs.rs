//! The log of an account and those of the shards.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{RETENTION, Subject, account, commit, commit_at_any_cost, commit_one, put, time};
use crate::{Changed, Changes, LogEntry, Position, Shard, Store, Version, Write};

/// Each entry has its version, its caller's id and time, and its writes as they were.
pub async fn the_log_tells_what_was_written(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let body = "{\"n\": 1.50, \"text\": \"\u{1F511} \\\" \"}";
    let mut first = commit(
        account(1),
        0,
        vec![
            Write::put("thing", "a\"\\\n\u{1F511}", body),
            Write::put("thing", "null", "null"),
            Write::delete("other", "b"),
        ],
    );
    first.at = time(5);
    commit_one(&store, first).await;
    commit_one(&store, commit(account(1), 1, Vec::new())).await;
    commit_one(&store, commit(account(2), 0, vec![put("not ours")])).await;

    let entries = entries_after(&store, 0).await;
    let writes: Vec<_> = entries[0]
        .writes
        .iter()
        .map(|write| (&*write.kind, &*write.key, write.body.as_deref()))
        .collect();
    assert_eq!(
        writes,
        [
            ("thing", "a\"\\\n\u{1F511}", Some(body)),
            ("thing", "null", Some("null")),
            ("other", "b", None),
        ]
    );
    assert_eq!(entries[0].at, time(5));
    assert_eq!(entries[0].entry_id, "000000000001-0");
    assert_eq!(entries[1].entry_id, "000000000001-1");
    assert_eq!(versions(&entries), [1, 2]);
    assert!(entries[1].writes.is_empty());
    assert_eq!(versions(&entries_after(&store, 1).await), [2]);
    assert_eq!(entries_after(&store, 2).await, []);
    assert_eq!(
        store.changes(account(3), Version::NONE).await.unwrap(),
        Changes::Entries(Vec::new())
    );
}

/// The newest entries are kept, the oldest are not, and asking after one of those is answered so.
pub async fn the_log_is_bounded_and_says_when_it_is_too_old(subject: &dyn Subject) {
    const KEPT: u64 = 20;
    let store = subject.fresh(KEPT).await;
    for expected in 0..100 {
        commit_one(&store, commit(account(1), expected, vec![put("a")])).await;
        let oldest = (expected + 1).saturating_sub(KEPT);
        let entries = entries_after(&store, oldest).await;
        assert_eq!(
            versions(&entries),
            (oldest + 1..=expected + 1).collect::<Vec<_>>()
        );
    }
    for after in [0, 1, 100 - 2 * KEPT] {
        let old = store.changes(account(1), Version::new(after)).await;
        assert_eq!(old.unwrap(), Changes::TooOld, "{after}");
    }
    assert_eq!(entries_after(&store, 100).await, []);
}

/// One who knows more than the store has lost touch with it.
pub async fn a_version_never_reached_is_too_old(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, commit(account(1), 0, Vec::new())).await;
    for (number, after) in [(1, 2), (2, 1)] {
        let answer = store.changes(account(number), Version::new(after)).await;
        assert_eq!(answer.unwrap(), Changes::TooOld);
    }
}

/// Under concurrency, the positions of a shard count its commits, and conflicts take none.
pub async fn every_commit_moves_its_shard_by_one(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let heads = store.heads().await.unwrap();
    assert!(heads.iter().map(|head| head.shard).eq(Shard::all()));
    assert!(heads.iter().all(|head| head.position == Position::START));
    commit_in_parallel(&store).await;
    commit_one(&store, commit(account(0), 999_999, Vec::new())).await;
    let mut commits = BTreeMap::new();
    for number in 0..10 {
        *commits.entry(Shard::of(account(number))).or_insert(0) += 20;
    }
    for head in store.heads().await.unwrap() {
        let expected = commits.get(&head.shard).copied().unwrap_or(0);
        assert_eq!(head.position.number(), expected);
        let changed = store.changed(head.shard, Position::START).await.unwrap();
        let newest = changed
            .last()
            .map_or(Position::START, |changed| changed.position);
        assert_eq!(newest, head.position);
    }
}

/// A follower that asks on from the last position it saw, while commits go on, never goes back and
/// learns the newest version of every account.
pub async fn one_who_follows_the_shards_misses_nothing(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let follower = Arc::clone(&store);
    let following = tokio::spawn(async move {
        let mut seen: BTreeMap<_, Version> = BTreeMap::new();
        let mut positions = BTreeMap::new();
        loop {
            for head in follower.heads().await.unwrap() {
                let position = positions.entry(head.shard).or_insert(Position::START);
                let changed = follower.changed(head.shard, *position).await.unwrap();
                for Changed {
                    position: newer,
                    account,
                    version,
                } in changed
                {
                    assert!(newer > *position);
                    *position = newer;
                    assert_eq!(Shard::of(account), head.shard);
                    let former = seen.insert(account, version);
                    assert!(former < Some(version));
                }
                assert!(*position >= head.position, "a commit was skipped");
            }
            if seen.len() == 10 && seen.values().all(|version| version.number() == 20) {
                return;
            }
        }
    });
    commit_in_parallel(&store).await;
    following.await.unwrap();
}

/// More accounts than one answer holds are told in several.
pub async fn a_shard_tells_of_many_accounts_in_parts(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let shard = Shard::of(account(0));
    let accounts: Vec<_> = (0..)
        .map(account)
        .filter(|account| Shard::of(*account) == shard)
        .take(Changed::LIMIT + 10)
        .collect();
    let batch = accounts
        .iter()
        .map(|account| commit(*account, 0, Vec::new()));
    store.commit(batch.collect()).await.unwrap();
    let first = store.changed(shard, Position::START).await.unwrap();
    assert_eq!(first.len(), Changed::LIMIT);
    let rest = store
        .changed(shard, first[first.len() - 1].position)
        .await
        .unwrap();
    let told: Vec<_> = first
        .iter()
        .chain(&rest)
        .map(|changed| changed.account)
        .collect();
    assert_eq!(told, accounts);
}

/// Two committers for each of ten accounts make ten commits each.
async fn commit_in_parallel(store: &Arc<dyn Store>) {
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..20 {
        let store = Arc::clone(store);
        callers.spawn(async move {
            for _ in 0..10 {
                commit_at_any_cost(&store, account(caller % 10), vec![put("a")]).await;
            }
        });
    }
    callers.join_all().await;
}

async fn entries_after(store: &Arc<dyn Store>, after: u64) -> Vec<LogEntry> {
    match store
        .changes(account(1), Version::new(after))
        .await
        .unwrap()
    {
        Changes::Entries(entries) => entries,
        Changes::TooOld => panic!("{after} is too old"),
    }
}

fn versions(entries: &[LogEntry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.version.number()).collect()
}
