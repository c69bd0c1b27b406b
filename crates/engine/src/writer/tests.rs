//! Rules of the writer that no operation can show.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyward_account::{Account, Changes, Record};
use keyward_names::{AccountAlias, AccountId};
use keyward_store_sqlite::SqliteStore;

use crate::clock::Clock;
use crate::refusal::Refusal;
use crate::writer::Writer;

fn writer() -> Writer {
    let account = Account::empty(AccountId::parse("123456789012").unwrap());
    Writer::start(
        Arc::new(SqliteStore::in_memory().unwrap()),
        Arc::default(),
        account,
    )
}

fn put(alias: &str) -> Changes {
    Changes::put(Record::Alias(AccountAlias::parse(alias).unwrap()))
}

#[tokio::test]
async fn a_closure_that_panics_fails_only_its_caller() {
    let writer = writer();
    let panics = writer
        .commit(|_: &Account| -> Result<(Changes, ()), Refusal> { panic!("as the test wants") });
    let works = writer.commit(|_: &Account| Ok((put("corp"), 1)));
    let (panicked, worked) = tokio::join!(panics, works);
    assert!(matches!(panicked, Err(refusal) if refusal.fault().cause().is_some()));
    assert_eq!(worked.unwrap(), 1);
    assert_eq!(writer.account().alias().unwrap().as_str(), "corp");
}

#[tokio::test]
async fn a_closure_that_changes_nothing_makes_no_version() {
    let writer = writer();
    let output = writer
        .commit(|_: &Account| Ok((Changes::none(), 7)))
        .await
        .unwrap();
    assert_eq!((output, writer.account().version()), (7, 0));
}

#[tokio::test]
async fn after_five_conflicts_the_caller_is_told_to_come_again() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let id = AccountId::parse("123456789012").unwrap();
    let writer = Writer::start(Arc::clone(&store) as _, Arc::default(), Account::empty(id));
    let (runs, rival_store) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&store));
    let counted = Arc::clone(&runs);
    let rival = std::sync::Mutex::new(());
    let lost = writer
        .commit(move |account: &Account| {
            // Another node commits before each of its commits, which is therefore always too late.
            let _one_at_a_time = rival.lock();
            counted.fetch_add(1, Ordering::Relaxed);
            commit_as_rival(&rival_store, account);
            Ok((put("corp"), ()))
        })
        .await;
    assert!(lost.is_err_and(|refusal| !refusal.is_stale()));
    assert_eq!(runs.load(Ordering::Relaxed), 5);
    let kept = writer.commit(|_: &Account| Ok((put("corp2"), ()))).await;
    assert!(kept.is_ok());
    assert_eq!(writer.account().alias().unwrap().as_str(), "corp2");
}

fn commit_as_rival(store: &Arc<SqliteStore>, account: &Account) {
    let commit = keyward_store::Commit {
        account: account.id(),
        expected: keyward_store::Version::new(account.version()),
        entry_id: account.version().to_string(),
        at: Clock::real_now(),
        writes: Vec::new(),
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    };
    let store = Arc::clone(store);
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let committed = runtime
            .block_on(keyward_store::Store::commit(&*store, vec![commit]))
            .unwrap();
        done.send(committed).unwrap();
    });
    wait.recv().unwrap();
}
