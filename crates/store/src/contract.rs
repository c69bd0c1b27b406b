//! The promises of [`Store`], one function each.
//!
//! A store implements [`Subject`] in its tests and calls [`contract_tests!`](macro@crate::contract_tests)
//! there, which makes one test of each promise. A function panics where a promise is broken.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the suite is test code, only run by the tests of stores"
)]

mod audit;
mod commits;
mod loads;
mod logs;
mod names;
mod uses;

use std::sync::Arc;

use async_trait::async_trait;
use keyward_names::{AccountId, Timestamp};

use crate::{Claim, Commit, Committed, Record, Store, Version, Write};

pub use audit::*;
pub use commits::*;
pub use loads::*;
pub use logs::*;
pub use names::*;
pub use uses::*;

/// How the suite gets at a store.
#[async_trait]
pub trait Subject: Send + Sync {
    /// An empty store that keeps this many log entries of each account.
    async fn fresh(&self, retention: u64) -> Arc<dyn Store>;

    /// What the next start of the program would find if it ended right now, without a word of
    /// goodbye to the store. `None` for a store that is not meant to outlive the program.
    async fn after_a_crash(&self, store: &Arc<dyn Store>) -> Option<Arc<dyn Store>>;
}

/// Makes a test of each promise, run with a multi-threaded tokio runtime.
///
/// ```text
/// keyward_store::contract_tests!(MySubject::new());
/// ```
#[macro_export]
macro_rules! contract_tests {
    ($subject:expr) => {
        $crate::contract_tests!(
            @each $subject;
            a_commit_makes_the_next_version
            a_commit_for_another_version_is_a_conflict_and_does_nothing
            the_answers_of_a_batch_are_its_own_and_in_order
            a_commit_may_follow_another_of_its_account_in_one_batch
            exactly_one_of_many_committers_makes_a_version
            the_last_write_of_a_key_stands_and_deletes_delete
            a_commit_without_writes_makes_a_version
            a_body_that_is_not_json_spoils_nothing
            what_was_answered_is_there_after_a_crash
            a_closed_store_is_unavailable
            nothing_is_loaded_of_an_account_without_commits
            records_come_in_byte_order_and_as_written
            accounts_do_not_see_each_other
            big_bodies_are_kept
            a_load_shows_one_version_while_commits_go_on
            a_load_may_be_given_up
            the_log_tells_what_was_written
            the_log_is_bounded_and_says_when_it_is_too_old
            a_version_never_reached_is_too_old
            every_commit_moves_its_shard_by_one
            one_who_follows_the_shards_misses_nothing
            a_shard_tells_of_many_accounts_in_parts
            a_name_has_one_holder
            a_released_name_is_free_even_in_the_same_commit
            a_commit_that_does_nothing_leaves_the_directory_alone
            exactly_one_of_many_claimants_gets_a_name
            the_directory_is_listed_in_byte_order
            a_key_is_used_once
            exactly_one_of_many_callers_uses_a_key
            a_used_key_is_seen_at_once_by_everyone
            asking_uses_nothing_up_and_keys_do_not_meet
            an_older_note_never_replaces_a_newer_one
            audit_records_are_kept_with_their_change_and_not_without
            audit_records_survive_a_crash
            audit_records_outlive_the_log
            audit_records_are_read_in_parts
            old_audit_records_are_forgotten
        );
    };
    (@each $subject:expr; $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::$promise(&$subject).await;
            }
        )*
    };
}

/// The retention where a promise does not turn on it.
const RETENTION: u64 = 1_000;

fn account(number: u64) -> AccountId {
    AccountId::from_number(number).unwrap()
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_795_000_000 + seconds)
}

fn commit(account: AccountId, expected: u64, writes: Vec<Write>) -> Commit {
    Commit {
        account,
        expected: Version::new(expected),
        entry_id: format!("{account}-{expected}"),
        at: time(0),
        writes,
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    }
}

fn put(key: &str) -> Write {
    Write::put("thing", key, r#"{"v":1}"#)
}

fn claim(name: &str) -> Claim {
    Claim {
        kind: "alias",
        name: name.to_owned(),
    }
}

async fn commit_one(store: &Arc<dyn Store>, commit: Commit) -> Committed {
    let mut answers = store.commit(vec![commit]).await.unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// Commits at whatever version the account stands at, and says which one it made.
async fn commit_at_any_cost(
    store: &Arc<dyn Store>,
    account: AccountId,
    writes: Vec<Write>,
) -> Version {
    let mut expected = 0;
    loop {
        match commit_one(store, commit(account, expected, writes.clone())).await {
            Committed::Done(version) => return version,
            Committed::Conflict { current } => expected = current.number(),
            Committed::Taken(claim) => panic!("{claim:?} was not asked for"),
        }
    }
}

async fn load(store: &Arc<dyn Store>, account: AccountId) -> (Version, Vec<Record>) {
    let loaded = store.load(account).await.unwrap().unwrap();
    (loaded.version, loaded.into_records().await.unwrap())
}

/// The keys of an account's records, with their kinds.
async fn keys(store: &Arc<dyn Store>, account: AccountId) -> Vec<String> {
    let (_, records) = load(store, account).await;
    records
        .iter()
        .map(|record| format!("{}/{}", record.kind, record.key))
        .collect()
}
