//! Copying the write-ahead log's pages into the database's file, beside the writer: commits go on
//! meanwhile.
//!
//! The log is begun anew, and so does not grow without end, only when all of it was copied at a
//! moment when nothing is being written. The copying thread gets there by itself when there is a
//! pause. Where there is none, the writer makes one once the log is long: right after the thread was
//! done, when next to nothing is left to copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::database::Database;

/// How many pages the log takes before they are copied.
const COPY: usize = 4_000;

/// How long the log gets, in pages, before the writer pauses for it to begin anew: 32 MiB.
const LONG: usize = 8_000;

/// How many pages may be left to copy in such a pause.
const LITTLE: usize = 1_000;

/// How long the log gets, in pages, before the writer pauses whatever is left to copy: 96 MiB. It
/// comes to that where pages are written faster than the thread copies them.
const TOO_LONG: usize = 24_000;

/// The writer's end.
pub(crate) struct Checkpoints {
    progress: Arc<Progress>,
    /// The length of the log at which something is done next.
    next: usize,
    wake: SyncSender<()>,
    thread: JoinHandle<()>,
}

/// What is known of the log, in pages.
#[derive(Default)]
struct Progress {
    length: AtomicUsize,
    copied: AtomicUsize,
}

impl Checkpoints {
    /// Starts the thread that copies.
    pub(crate) fn start(database: Database) -> std::io::Result<Self> {
        let progress = Arc::new(Progress::default());
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn({
                let progress = Arc::clone(&progress);
                move || copy_when_woken(&database, &woken, &progress)
            })?;
        Ok(Self {
            progress,
            next: COPY,
            wake,
            thread,
        })
    }

    /// Has the writer's connection tell how long the log is, instead of copying by itself.
    pub(crate) fn watch(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let progress = Arc::clone(&self.progress);
        connection.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            let length = usize::try_from(pages).unwrap_or_default();
            progress.length.store(length, Ordering::Relaxed);
            Ok(())
        }))
    }

    /// Sees to the log between two transactions of the writer.
    pub(crate) fn look_after(&mut self, connection: &Connection) {
        let length = self.progress.length.load(Ordering::Relaxed);
        if length + COPY < self.next {
            // It was begun anew.
            self.next = COPY;
            self.progress.copied.store(0, Ordering::Relaxed);
        }
        let due = length >= self.next;
        let copied = self.progress.copied.load(Ordering::Relaxed);
        let left = length.saturating_sub(copied);
        let nearly_done = length >= LONG && 0 < copied && copied <= length && left <= LITTLE;
        if nearly_done || (due && length >= TOO_LONG) {
            copy(connection, &self.progress);
            // If a reader is in the way of a new beginning, the next try is not at once.
            self.progress.copied.store(0, Ordering::Relaxed);
            self.next = length + COPY;
        } else if due {
            self.next = length + COPY;
            // If it is at work already, it goes on from there.
            let _ = self.wake.try_send(());
        }
    }

    /// Ends the thread, once it is done with what it is at.
    pub(crate) fn end(self) {
        drop(self.wake);
        if self.thread.join().is_err() {
            tracing::warn!("the thread that copies the store's write-ahead log broke down");
        }
    }
}

fn copy_when_woken(database: &Database, woken: &Receiver<()>, progress: &Progress) {
    let mut connection = None;
    while woken.recv().is_ok() {
        let connection = match &connection {
            Some(connection) => connection,
            None => match database.connect_writer() {
                Ok(opened) => connection.insert(opened),
                Err(error) => {
                    tracing::warn!(%error, "the store's write-ahead log could not be copied");
                    continue;
                }
            },
        };
        copy(connection, progress);
    }
}

/// Copies what no reader is in the way of.
fn copy(connection: &Connection, progress: &Progress) {
    let copied = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        row.get::<_, i64>(2)
    });
    match copied {
        Ok(pages) => {
            let pages = usize::try_from(pages).unwrap_or_default();
            progress.copied.store(pages, Ordering::Relaxed);
        }
        // The log keeps what it has, and the next time comes.
        Err(error) => tracing::warn!(%error, "the store's write-ahead log could not be copied"),
    }
}
