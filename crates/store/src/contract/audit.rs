//! The audit records of changes.

use std::sync::Arc;

use super::{RETENTION, Subject, account, claim, commit, commit_one, put, time};
use crate::{AuditPlace, Commit, Committed, KeptAudit, Store, Version};

/// The records of what was done are there, in order; those of conflicts and taken names are not.
pub async fn audit_records_are_kept_with_their_change_and_not_without(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    assert_eq!(kept(&store).await, Vec::new());
    let text = "{\"a\": \"\u{1F511}\\\" \"}  not JSON: that is no matter of the store";
    let mut taken = audited(2, 1, &["taken"]);
    taken.claims.push(claim("acme"));
    let mut holder = audited(9, 0, &["holder"]);
    holder.claims.push(claim("acme"));
    let batch = vec![
        audited(1, 0, &["first", text]),
        audited(1, 5, &["conflict"]),
        holder,
        audited(2, 0, &[]),
        taken,
        audited(1, 1, &["last"]),
    ];
    let answers = store.commit(batch).await.unwrap();
    assert_eq!(answers[5], Committed::Done(Version::new(2)));
    let found = kept(&store).await;
    let found: Vec<_> = found
        .iter()
        .map(|kept| (kept.account, kept.version.number(), kept.record.as_str()))
        .collect();
    let expected = [
        (account(1), 1, "first"),
        (account(1), 1, text),
        (account(9), 1, "holder"),
        (account(1), 2, "last"),
    ];
    assert_eq!(found, expected);
}

/// As soon as a change was answered, its records are as durable as it is.
pub async fn audit_records_survive_a_crash(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    commit_one(&store, audited(1, 0, &["one"])).await;
    commit_one(&store, audited(1, 1, &["two"])).await;
    if let Some(found) = subject.after_a_crash(&store).await {
        assert_eq!(records(&found).await, ["one", "two"]);
        // What comes later stands after them.
        commit_one(&found, audited(1, 2, &["three"])).await;
        assert_eq!(records(&found).await, ["one", "two", "three"]);
    }
}

/// The log is cut back, and the records stay.
pub async fn audit_records_outlive_the_log(subject: &dyn Subject) {
    let store = subject.fresh(1).await;
    for expected in 0..20 {
        commit_one(&store, audited(1, expected, &[&expected.to_string()])).await;
    }
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(records(&store).await, expected);
}

/// More records than one answer holds are told in several.
pub async fn audit_records_are_read_in_parts(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let texts: Vec<String> = (0..KeptAudit::LIMIT + 10)
        .map(|number| number.to_string())
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    commit_one(&store, audited(1, 0, &texts)).await;
    let first = store.audit(AuditPlace::START).await.unwrap();
    assert_eq!(first.len(), KeptAudit::LIMIT);
    let rest = store.audit(first[first.len() - 1].place).await.unwrap();
    let all = first.iter().chain(&rest).map(|kept| kept.record.as_str());
    assert!(all.eq(texts));
}

/// Those of changes before a time go, in lots, but for the newest.
pub async fn old_audit_records_are_forgotten(subject: &dyn Subject) {
    let store = subject.fresh(RETENTION).await;
    let many: Vec<String> = (0..KeptAudit::LIMIT + 10)
        .map(|number| number.to_string())
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (expected, texts) in [(0, &*many), (1, &["new"])] {
        let mut commit = audited(1, expected, texts);
        commit.at = time(i64::try_from(expected).unwrap());
        commit_one(&store, commit).await;
    }
    assert_eq!(store.forget_audit(time(0)).await.unwrap(), 0);
    assert_eq!(store.forget_audit(time(1)).await.unwrap(), KeptAudit::LIMIT);
    assert_eq!(store.forget_audit(time(1)).await.unwrap(), 10);
    assert_eq!(store.forget_audit(time(1)).await.unwrap(), 0);
    assert_eq!(records(&store).await, ["new"]);
    let last = kept(&store).await.last().unwrap().place;
    // By the newest, places go on: who follows must not miss what comes.
    assert_eq!(store.forget_audit(time(2)).await.unwrap(), 0);
    commit_one(&store, audited(1, 2, &["newer"])).await;
    assert_eq!(store.audit(last).await.unwrap().len(), 1);
    assert_eq!(store.forget_audit(time(2)).await.unwrap(), 1);
    assert_eq!(records(&store).await, ["newer"]);
}

fn audited(number: u64, expected: u64, records: &[&str]) -> Commit {
    Commit {
        audit: records.iter().map(|record| (*record).to_owned()).collect(),
        ..commit(account(number), expected, vec![put("a")])
    }
}

async fn records(store: &Arc<dyn Store>) -> Vec<String> {
    let kept = kept(store).await;
    kept.into_iter().map(|kept| kept.record).collect()
}

async fn kept(store: &Arc<dyn Store>) -> Vec<KeptAudit> {
    let kept = store.audit(AuditPlace::START).await.unwrap();
    assert!(kept.is_sorted_by_key(|kept| kept.place));
    kept
}
