//! How a store is opened, and why it can't be.

use std::io;
use std::path::PathBuf;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The folder to keep the files in; made if it is not there.
    pub folder: PathBuf,
    /// How many log entries of each account are kept at least.
    pub retention: u64,
    /// `Synchronous::Full` but in the one test that shows that a missing sync is noticed.
    pub synchronous: Synchronous,
}

impl OpenOptions {
    /// How many log entries of each account are kept unless told otherwise.
    pub const RETENTION: u64 = 10_000;

    /// The usual way to open the store of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            retention: Self::RETENTION,
            synchronous: Synchronous::Full,
        }
    }
}

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// It does: what was acknowledged survives the loss of power.
    #[default]
    Full,
    /// It does not, and breaks the store's first promise. Exists solely so that the test that watches
    /// for the sync can show that it would notice its absence.
    Off,
}

/// Why a store can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program has it open.
    #[error("the folder `{}` is in use by another keyward", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder or a file in it can't be made or opened.
    #[error("the folder `{}` can't be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others could put their own files into the folder.
    #[error("the folder `{}` can't be used: {why}", folder.display())]
    UnsafeFolder {
        /// The folder.
        folder: PathBuf,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// The tables are of another version of the program.
    #[error("the store has layout {found}, this keyward knows layout {known}")]
    SchemaVersion {
        /// The layout found.
        found: i64,
        /// The layout that this program reads and writes.
        known: i64,
    },
    /// The database holds something else.
    #[error("the database is not a keyward store")]
    NotAStore,
    /// SQLite can't open or read it.
    #[error("the database can't be opened")]
    Database(#[from] rusqlite::Error),
    /// The writing thread can't be started.
    #[error("the writing thread can't be started")]
    Thread(#[source] io::Error),
}
