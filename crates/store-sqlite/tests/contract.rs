//! The promises of a store, kept by SQLite in a folder and in memory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are test code too"
)]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use keyward_store::Store;
use keyward_store::contract::Subject;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

/// Stores in folders. The newest one that `fresh` made is the one under test.
struct InFolders(Mutex<Vec<tempfile::TempDir>>);

impl InFolders {
    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

#[async_trait]
impl Subject for InFolders {
    async fn fresh(&self, retention: u64) -> Arc<dyn Store> {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), retention);
        self.0.lock().unwrap().insert(0, folder);
        store
    }

    async fn after_a_crash(&self, _store: &Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let copy = tempfile::tempdir().unwrap();
        {
            let folders = self.0.lock().unwrap();
            copy_as_a_crash_leaves_it(folders[0].path(), copy.path());
        }
        let found = open(copy.path(), 1_000);
        self.0.lock().unwrap().push(copy);
        Some(found)
    }
}

fn open(folder: &Path, retention: u64) -> Arc<dyn Store> {
    let options = OpenOptions {
        retention,
        ..OpenOptions::new(folder)
    };
    Arc::new(SqliteStore::open(options).unwrap())
}

/// Another process copies: closing a database's file in this one would drop SQLite's locks on it.
fn copy_as_a_crash_leaves_it(from: &Path, to: &Path) {
    for file in ["keyward.db", "keyward.db-wal"] {
        let copied = Command::new("cp").arg(from.join(file)).arg(to).status();
        assert!(copied.unwrap().success());
    }
}

struct InMemory;

#[async_trait]
impl Subject for InMemory {
    async fn fresh(&self, retention: u64) -> Arc<dyn Store> {
        Arc::new(SqliteStore::in_memory_with_retention(retention).unwrap())
    }

    async fn after_a_crash(&self, _store: &Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        None
    }
}

mod in_folders {
    use super::InFolders;

    keyward_store::contract_tests!(InFolders::new());
}

mod in_memory {
    use super::InMemory;

    keyward_store::contract_tests!(InMemory);
}
