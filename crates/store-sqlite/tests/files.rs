//! What SQLite's files go through: torn logs, full disks, other programs, other modes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are test code too"
)]

use std::fs::{self, OpenOptions as FileOptions};
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use keyward_names::{AccountId, Timestamp};
use keyward_store::{AuditPlace, Changes, Commit, Committed, Store, StoreError, Version, Write};
use keyward_store_sqlite::{AuditHistory, OpenError, OpenOptions, SqliteStore};
use rusqlite::Connection;

#[tokio::test]
async fn a_torn_log_holds_every_commit_up_to_the_torn_one() {
    const COMMITS: u64 = 30;
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for expected in 0..COMMITS {
        commit(&store, expected, 5, 400).await.unwrap();
    }
    let log = "keyward.db-wal";
    let whole = fs::metadata(folder.path().join(log)).unwrap().len();
    let mut lengths_seen = std::collections::BTreeSet::new();
    for torn in (1..whole).step_by(15_013) {
        for garble in [false, true] {
            let copy = tempfile::tempdir().unwrap();
            copy_as_a_crash_leaves_it(folder.path(), copy.path());
            let path = copy.path().join(log);
            if garble {
                garble_from(&path, torn);
            } else {
                let file = FileOptions::new().write(true).open(&path).unwrap();
                file.set_len(torn).unwrap();
            }
            if let Some(version) = version_of_unbroken_prefix(copy.path()).await {
                lengths_seen.insert(version);
            }
        }
    }
    assert!(lengths_seen.len() > 20, "{lengths_seen:?}");
    store.close().await.unwrap();
    assert_eq!(
        version_of_unbroken_prefix(folder.path()).await,
        Some(COMMITS)
    );
}

/// Opens the store, checks that it holds exactly the first commits, each whole, and says how many;
/// `None` if even the making of the tables was torn off, and the store is new.
async fn version_of_unbroken_prefix(folder: &Path) -> Option<u64> {
    let store = open(folder);
    let loaded = store.load(account()).await.unwrap()?;
    let version = loaded.version.number();
    let records = loaded.into_records().await.unwrap();
    assert_eq!(records.len() as u64, version * 5);
    let Changes::Entries(entries) = store.changes(account(), Version::NONE).await.unwrap() else {
        panic!("the log has lost its beginning");
    };
    assert_eq!(entries.len() as u64, version);
    assert!(entries.iter().all(|entry| entry.writes.len() == 5));
    commit(&store, version, 5, 400).await.unwrap();
    store.close().await.unwrap();
    Some(version)
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_mount) = SmallDisk::mount(folder.path()) else {
        eprintln!("SKIPPED a_full_disk_is_unavailable_and_passes: mounting a tmpfs needs root");
        return;
    };
    let store = open(folder.path());
    let mut expected = 0;
    let error = loop {
        match commit(&store, expected, 20, 4_000).await {
            Ok(()) => expected += 1,
            Err(error) => break error,
        }
        assert!(expected < 1_000, "the disk never filled");
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(expected > 3);
    for _ in 0..3 {
        let again = commit(&store, expected, 20, 4_000).await;
        assert!(
            matches!(again, Err(StoreError::Unavailable(_))),
            "{again:?}"
        );
    }
    let loaded = store.load(account()).await.unwrap().unwrap();
    assert_eq!(loaded.version.number(), expected);
    let records = loaded.into_records().await.unwrap();
    assert_eq!(records.len() as u64, expected * 20);

    SmallDisk::grow(folder.path());
    commit(&store, expected, 20, 4_000).await.unwrap();
    commit(&store, expected + 1, 20, 4_000).await.unwrap();
    store.close().await.unwrap();
    let store = open(folder.path());
    let loaded = store.load(account()).await.unwrap().unwrap();
    assert_eq!(loaded.version.number(), expected + 2);
    store.close().await.unwrap();
}

#[tokio::test]
async fn the_files_are_their_owners_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let store = open(&folder);
    commit(&store, 0, 1, 10).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in [
        "keyward.db",
        "keyward.db-wal",
        "keyward.db-shm",
        "keyward.lock",
    ] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    store.close().await.unwrap();
    let database = folder.join("keyward.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    let store = open(&folder);
    assert_eq!(mode(&database), 0o600);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_folder_is_open_once_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let second = SqliteStore::open(OpenOptions::new(folder.path()));
    assert!(matches!(second, Err(OpenError::InUse { .. })));
    commit(&store, 0, 1, 10).await.unwrap();
    store.close().await.unwrap();
    let store = open(folder.path());
    commit(&store, 1, 1, 10).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_and_its_lock() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    commit(&store, 0, 1, 10).await.unwrap();
    store.load(account()).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let mut files: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| !file.ends_with("-wal") && !file.ends_with("-shm"))
        .collect();
    files.sort();
    assert_eq!(files, ["keyward.db", "keyward.lock"]);
    let log = fs::metadata(folder.path().join("keyward.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0);
}

#[tokio::test]
async fn another_layout_and_another_programs_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).close().await.unwrap();
    let database = Connection::open(folder.path().join("keyward.db")).unwrap();
    let layout = "UPDATE schema_version SET version = 999";
    database.execute(layout, []).unwrap();
    drop(database);
    let refused = SqliteStore::open(OpenOptions::new(folder.path()));
    assert!(matches!(
        refused,
        Err(OpenError::SchemaVersion { found: 999, .. })
    ));

    let folder = tempfile::tempdir().unwrap();
    let database = Connection::open(folder.path().join("keyward.db")).unwrap();
    database.execute("CREATE TABLE theirs (a)", []).unwrap();
    drop(database);
    let refused = SqliteStore::open(OpenOptions::new(folder.path()));
    assert!(matches!(refused, Err(OpenError::NotAStore)));
}

#[tokio::test]
async fn a_store_of_an_earlier_layout_is_brought_to_this_one() {
    const OLD: &str = include_str!("../fixtures/layout-1.sql");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward.db");
    Connection::open(&path).unwrap().execute_batch(OLD).unwrap();
    // Onlookers don't wait for that.
    let history = AuditHistory::open(folder.path()).unwrap().unwrap();
    assert_eq!(history.after(AuditPlace::START).unwrap(), []);
    let id = AccountId::parse("123456789012").unwrap();
    for version in 1..3 {
        // Once it is brought there, and once it is there.
        let store = open(folder.path());
        let loaded = store.load(id).await.unwrap().unwrap();
        assert_eq!(loaded.version, Version::new(version));
        assert!(loaded.into_records().await.unwrap().len() >= 3);
        let commit = Commit {
            account: id,
            audit: vec![version.to_string()],
            ..new_commit(version, 1, 10)
        };
        store.commit(vec![commit]).await.unwrap();
        store.close().await.unwrap();
    }
    let history = AuditHistory::open(folder.path()).unwrap().unwrap();
    assert_eq!(history.after(AuditPlace::START).unwrap().len(), 2);

    // It does not differ from one that was made so.
    let new = tempfile::tempdir().unwrap();
    open(new.path()).close().await.unwrap();
    let tables = |folder: &Path| -> Vec<String> {
        let connection = Connection::open(folder.join("keyward.db")).unwrap();
        let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
        let mut found = connection.prepare(sql).unwrap();
        let rows = found.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(tables(folder.path()), tables(new.path()));
}

#[tokio::test]
async fn audit_records_are_looked_at_while_the_store_is_open_and_after() {
    let folder = tempfile::tempdir().unwrap();
    assert!(AuditHistory::open(folder.path()).unwrap().is_none());
    let store = open(folder.path());
    let history = AuditHistory::open(folder.path()).unwrap().unwrap();
    assert_eq!(history.newest().unwrap(), AuditPlace::START);
    let commit = Commit {
        audit: vec!["one".to_owned(), "two".to_owned()],
        ..new_commit(0, 1, 10)
    };
    store.commit(vec![commit]).await.unwrap();
    let found = history.after(AuditPlace::START).unwrap();
    let records: Vec<_> = found.iter().map(|kept| kept.record.as_str()).collect();
    assert_eq!(records, ["one", "two"]);
    assert_eq!(history.newest().unwrap(), found[1].place);
    drop(history);
    store.close().await.unwrap();
    let history = AuditHistory::open(folder.path()).unwrap().unwrap();
    assert_eq!(history.after(AuditPlace::START).unwrap(), found);
}

#[tokio::test]
async fn another_program_reads_while_the_store_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    commit(&store, 0, 3, 10).await.unwrap();
    let reader = Connection::open(folder.path().join("keyward.db")).unwrap();
    let count = |reader: &Connection| -> i64 {
        let sql = "SELECT count(*) FROM current_record WHERE body ->> '$.v' = 1";
        reader.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 3);
    for expected in 1..20 {
        commit(&store, expected, 3, 10).await.unwrap();
        assert_eq!(count(&reader), 3);
    }
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&reader), 60);
    let logged: String = reader
        .query_row(
            "SELECT writes -> 0 ->> '$.body.v' FROM log ORDER BY version LIMIT 1",
            [],
            |row| row.get::<_, i64>(0).map(|version| version.to_string()),
        )
        .unwrap();
    assert_eq!(logged, "1");
    drop(reader);
    store.close().await.unwrap();
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the store tells nobody that its records followed"
)]
async fn the_records_follow_the_log_when_it_is_quiet_and_when_the_store_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let reader = Connection::open(folder.path().join("keyward.db")).unwrap();
    let count = |table: &str| -> u64 {
        let sql = format!("SELECT count(*) FROM {table}");
        reader.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    for expected in 0..20 {
        commit(&store, expected, 3, 10).await.unwrap();
        assert_eq!(count("current_record"), 3 * (expected + 1));
    }
    let mut waited = 0;
    while count("record") < 60 {
        assert!(waited < 1_000, "the records never followed");
        waited += 1;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    commit(&store, 20, 3, 10).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(count("record"), 63);
    assert_eq!(count("account WHERE applied = version"), 1);
}

#[tokio::test]
async fn what_was_not_in_the_records_at_a_crash_is_put_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for expected in 0..5 {
        commit(&store, expected, 3, 10).await.unwrap();
    }
    copy_as_a_crash_leaves_it(folder.path(), copy.path());
    store.close().await.unwrap();
    let store = open(copy.path());
    let loaded = store.load(account()).await.unwrap().unwrap();
    assert_eq!(loaded.version, Version::new(5));
    assert_eq!(loaded.into_records().await.unwrap().len(), 15);
    commit(&store, 5, 3, 10).await.unwrap();
    store.close().await.unwrap();
    let reader = Connection::open(copy.path().join("keyward.db")).unwrap();
    let sql = "SELECT count(*) FROM record";
    assert_eq!(reader.query_row(sql, [], |row| row.get(0)), Ok(18));
}

#[tokio::test]
async fn the_write_ahead_log_begins_anew_under_steady_load() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for expected in 0..400 {
        commit(&store, expected, 20, 20_000).await.unwrap();
    }
    let log = fs::metadata(folder.path().join("keyward.db-wal")).unwrap();
    assert!(log.len() < 160 << 20, "{}", log.len());
    store.close().await.unwrap();
    assert_eq!(version_and_count(folder.path()).await, (400, 8_000));
}

async fn version_and_count(folder: &Path) -> (u64, usize) {
    let store = open(folder);
    let loaded = store.load(account()).await.unwrap().unwrap();
    let version = loaded.version.number();
    let count = loaded.into_records().await.unwrap().len();
    store.close().await.unwrap();
    (version, count)
}

fn account() -> AccountId {
    AccountId::from_number(1).unwrap()
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(OpenOptions::new(folder)).unwrap()
}

/// Commits new records with bodies of about this many bytes.
async fn commit(
    store: &SqliteStore,
    expected: u64,
    records: u64,
    bytes: usize,
) -> Result<(), StoreError> {
    let commit = new_commit(expected, records, bytes);
    let answers = store.commit(vec![commit]).await?;
    assert_eq!(answers, [Committed::Done(Version::new(expected + 1))]);
    Ok(())
}

fn new_commit(expected: u64, records: u64, bytes: usize) -> Commit {
    let body = format!(r#"{{"v":1,"pad":"{}"}}"#, "x".repeat(bytes));
    Commit {
        account: account(),
        expected: Version::new(expected),
        entry_id: format!("entry-{expected}"),
        at: Timestamp::from_unix_seconds(1_795_000_000),
        writes: (0..records)
            .map(|record| Write::put("thing", format!("{expected:06}-{record}"), body.as_str()))
            .collect(),
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    }
}

/// Another process copies: closing a database's file in this one would drop SQLite's locks on it.
fn copy_as_a_crash_leaves_it(from: &Path, to: &Path) {
    for file in ["keyward.db", "keyward.db-wal"] {
        let copied = Command::new("cp").arg(from.join(file)).arg(to).status();
        assert!(copied.unwrap().success());
    }
}

fn garble_from(path: &Path, offset: u64) {
    let mut file = FileOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    let mut rest = Vec::new();
    file.read_to_end(&mut rest).unwrap();
    for (index, byte) in rest.iter_mut().enumerate() {
        *byte = byte.wrapping_add(1).wrapping_mul(31) ^ index.to_le_bytes()[0];
    }
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&rest).unwrap();
}

/// A disk of two megabytes.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs"])
            .arg(folder)
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(folder.to_owned()))
    }

    fn grow(folder: &Path) {
        let grown = Command::new("mount")
            .args(["-o", "remount,size=32m"])
            .arg(folder)
            .status();
        assert!(grown.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
