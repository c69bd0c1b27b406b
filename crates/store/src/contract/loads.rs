//! What a load shows.

use std::sync::Arc;

use super::{RETENTION, Subject, account, commit, commit_at_any_cost, commit_one, keys, load, put};
use crate::{Committed, Version, Write};

/// An account that nothing was committed for is not there.
pub async fn nothing_is_loaded_of_an_account_without_commits(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    assert!(store.load(account(1)).await.unwrap().is_none());
}

/// The order is that of bytes, whatever the letters; keys and bodies come back to the letter.
pub async fn records_come_in_byte_order_and_as_written(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let odd = [
        "",
        " ",
        "A",
        "B",
        "a",
        "a\"b",
        "a%b",
        "a'b",
        "a/b",
        "a\\b",
        "aa",
        "a_b",
        "b",
        "line\nbreak",
        "\u{1}",
        "é",
        "e\u{301}",
        "ß",
        "日本",
        "\u{1F511}",
        "\u{FFFF}",
        "$1",
        "?1",
        "null",
    ];
    let mut writes: Vec<_> = odd
        .iter()
        .map(|key| {
            Write::put(
                "thing",
                *key,
                format!("{{ \"key\":{key:?}.0 }}").replace(".0", ""),
            )
        })
        .filter(|write| write.key.is_ascii() && !write.key.contains(['\u{1}', '\'']))
        .collect();
    writes.extend(odd.iter().map(|key| {
        Write::put(
            "other",
            *key,
            "{ \"spaces\" : [ 1.50 , \"\\u00e9 é \u{1F511}\" ] }",
        )
    }));
    writes.push(Write::put("nothing", "null", "null"));
    let mut expected: Vec<_> = writes
        .iter()
        .map(|write| {
            (
                write.kind,
                write.key.to_string(),
                write.body.clone().unwrap(),
            )
        })
        .collect();
    expected.sort();
    commit_one(&store, commit(account(1), 0, writes)).await;
    let (_, records) = load(&store, account(1)).await;
    let seen: Vec<_> = records
        .iter()
        .map(|record| {
            (
                &*record.kind,
                record.key.to_string(),
                record.body.to_string(),
            )
        })
        .collect();
    assert_eq!(seen, expected);
}

/// The same keys in two accounts are two records.
pub async fn accounts_do_not_see_each_other(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, commit(account(1), 0, vec![put("a"), put("b")])).await;
    commit_one(&store, commit(account(11), 0, vec![put("a")])).await;
    commit_one(
        &store,
        commit(account(1), 1, vec![Write::delete("thing", "a")]),
    )
    .await;
    assert_eq!(keys(&store, account(1)).await, ["thing/b"]);
    assert_eq!(keys(&store, account(11)).await, ["thing/a"]);
}

/// A body of a megabyte is one like any other, in the records and in the log.
pub async fn big_bodies_are_kept(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let body = format!("\"{}\"", "0123456789abcdef".repeat(65_536));
    let writes = vec![
        put("before"),
        Write::put("thing", "big", body.clone()),
        put("so"),
    ];
    commit_one(&store, commit(account(1), 0, writes)).await;
    let (_, records) = load(&store, account(1)).await;
    assert_eq!(records.len(), 3);
    assert_eq!(*records[1].body, *body);
}

/// Ten thousand records, read slowly while each of them is written again and more are put and
/// deleted: the reader sees the version it began with.
pub async fn a_load_shows_one_version_while_commits_go_on(subject: &dyn Subject) {
    const COUNT: usize = 10_000;
    let store = subject.fresh(RETENTION).await;
    let key = |index: usize| format!("{index:05}");
    let writes = (0..COUNT)
        .map(|index| Write::put("thing", key(index), "1"))
        .collect();
    commit_one(&store, commit(account(1), 0, writes)).await;
    let mut loaded = store.load(account(1)).await.unwrap().unwrap();
    assert_eq!(loaded.version, Version::new(1));
    let mut seen = 0;
    let mut expected = 1;
    while let Some(chunk) = loaded.records.recv().await {
        let mut writes: Vec<_> = (0..COUNT)
            .step_by(97)
            .map(|index| Write::put("thing", key(index), "2"))
            .collect();
        writes.push(Write::delete("thing", key(COUNT - expected)));
        writes.push(Write::put("thing", format!("{expected}-new"), "2"));
        let expected_version = u64::try_from(expected).unwrap();
        let answer = commit_one(&store, commit(account(1), expected_version, writes)).await;
        assert!(matches!(answer, Committed::Done(_)));
        expected += 1;
        for record in chunk.unwrap() {
            assert_eq!(*record.key, *key(seen));
            assert_eq!(&*record.body, "1");
            seen += 1;
        }
    }
    assert_eq!(seen, COUNT);
    assert!(expected > 2, "the load did not come in chunks");
}

/// Loads whose taker goes away leave the store as able as before.
pub async fn a_load_may_be_given_up(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let writes = (0..10_000).map(|index| put(&index.to_string())).collect();
    commit_one(&store, commit(account(1), 0, writes)).await;
    for _ in 0..20 {
        let mut loaded = store.load(account(1)).await.unwrap().unwrap();
        let _ = loaded.records.recv().await;
        drop(loaded);
    }
    let writer = Arc::clone(&store);
    commit_at_any_cost(&writer, account(1), vec![put("more")]).await;
    assert_eq!(load(&store, account(1)).await.1.len(), 10_001);
}
