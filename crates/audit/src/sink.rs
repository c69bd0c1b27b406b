//! Where finished records go: a bounded queue, and a thread that writes what is in it.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::output::{Output, StandardOutput};
use crate::rotation::{Rotation, RotationError};

/// How long the thread rests between two batches. While it does not wait at the queue, nobody who
/// sends has to wake it.
const REST: Duration = Duration::from_millis(20);
/// How many records and bytes one batch has, at least.
const BATCH_RECORDS: u64 = 1_024;
const BATCH_BYTES: usize = 1 << 20;
/// The most bytes that wait, whatever the number of records.
const QUEUE_BYTES: usize = 32 << 20;
/// How often files are synced while there is something new.
const SYNC_EVERY: Duration = Duration::from_secs(5);
/// How soon it is tried again to tell of losses when nothing else is to be written.
const RETRY: Duration = Duration::from_secs(1);
/// How often the log is told of losses at most.
const WARN_EVERY: Duration = Duration::from_secs(10);
/// How long the end may take.
const END_TIME: Duration = Duration::from_secs(5);

/// Where records are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Files in a folder, which is made if it is not there.
    Files(PathBuf),
    /// Standard output.
    StandardOutput,
}

/// How a sink is to behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkOptions {
    /// Where records are written.
    pub to: Destination,
    /// From which size on a file is followed by the next.
    pub file_bytes: u64,
    /// How many files are kept.
    pub files: usize,
    /// How many records may wait to be written.
    pub queue_records: usize,
}

impl SinkOptions {
    /// The usual bounds: 16 files of 64 MiB, and 8,192 records that wait.
    #[must_use]
    pub fn new(to: Destination) -> Self {
        Self {
            to,
            file_bytes: 64 << 20,
            files: 16,
            queue_records: 8_192,
        }
    }
}

/// Why a sink can't be started.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The folder can't be made, read or written.
    #[error("the audit folder `{}` can't be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another program writes there.
    #[error("the audit folder `{}` is in use by another keyward", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The thread can't be started.
    #[error("the thread that writes audit records can't be started")]
    Thread(#[source] io::Error),
}

/// Takes records and never makes anyone wait: what finds no room is lost, and counted.
pub struct Sink {
    queue: SyncSender<Message>,
    counts: Arc<Counts>,
    ended: Mutex<Receiver<()>>,
}

#[derive(Default)]
struct Counts {
    /// Records that were not written, since the start.
    lost: AtomicU64,
    /// Bytes that wait.
    waiting: AtomicUsize,
}

enum Message {
    Record(String),
    End,
}

impl Sink {
    /// Starts to write.
    pub fn start(options: SinkOptions) -> Result<Self, SinkError> {
        let output: Box<dyn Output> = match options.to {
            Destination::StandardOutput => Box::new(StandardOutput),
            Destination::Files(folder) => {
                let opened = Rotation::open(&folder, options.file_bytes, options.files);
                Box::new(opened.map_err(|error| match error {
                    RotationError::InUse => SinkError::InUse { folder },
                    RotationError::Io(source) => SinkError::Folder { folder, source },
                })?)
            }
        };
        Self::start_with(output, options.queue_records).map_err(SinkError::Thread)
    }

    fn start_with(output: Box<dyn Output>, queue_records: usize) -> io::Result<Self> {
        let (queue, waiting) = mpsc::sync_channel(queue_records.max(1));
        let (end, ended) = mpsc::channel();
        let counts = Arc::new(Counts::default());
        let writer = Writer {
            output,
            counts: Arc::clone(&counts),
            told: 0,
            warned: 0,
            last_warned: None,
            unsynced_since: None,
        };
        thread::Builder::new()
            .name("audit-writer".to_owned())
            .spawn(move || {
                writer.run(&waiting);
                // From here on the queue takes nothing, so that what comes later is counted.
                drop(waiting);
                // Whoever waits for the end may have given up.
                let _ = end.send(());
            })?;
        Ok(Self {
            queue,
            counts,
            ended: Mutex::new(ended),
        })
    }

    /// Takes a record, a line of JSON without its end; loses it where there is no room.
    pub fn send(&self, record: String) {
        let bytes = record.len();
        let before = self.counts.waiting.fetch_add(bytes, Ordering::Relaxed);
        let is_taken = before < QUEUE_BYTES && self.queue.try_send(Message::Record(record)).is_ok();
        if !is_taken {
            self.counts.waiting.fetch_sub(bytes, Ordering::Relaxed);
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many records were lost since the start: there was no room for them, or they could not be
    /// written.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Writes what waits and ends. Blocks, for a few seconds at most. Records that come later are lost.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the end may take is bound here; a full queue has nothing to wait on"
    )]
    pub fn close(&self) {
        let begun = Instant::now();
        loop {
            match self.queue.try_send(Message::End) {
                Ok(()) => break,
                Err(TrySendError::Disconnected(_)) => return,
                Err(TrySendError::Full(_)) if begun.elapsed() < END_TIME => thread::sleep(REST),
                Err(TrySendError::Full(_)) => {
                    tracing::warn!("audit records could not be written to the end");
                    return;
                }
            }
        }
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(END_TIME).is_err() {
            tracing::warn!("audit records could not be written to the end");
        }
    }
}

struct Writer {
    output: Box<dyn Output>,
    counts: Arc<Counts>,
    /// How many losses a line was written about.
    told: u64,
    /// How many losses the log was told of, and when last.
    warned: u64,
    last_warned: Option<Instant>,
    /// Since when something was written and not synced.
    unsynced_since: Option<Instant>,
}

impl Writer {
    #[expect(
        clippy::disallowed_methods,
        reason = "the rest between two writes is what gathers records for the next"
    )]
    fn run(mut self, waiting: &Receiver<Message>) {
        loop {
            let first = if self.unsynced_since.is_some() || self.told < self.lost() {
                match waiting.recv_timeout(RETRY) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => Some(Message::End),
                }
            } else {
                Some(waiting.recv().unwrap_or(Message::End))
            };
            let is_end = self.write_batches(first, waiting);
            let is_due = |since: Instant| is_end || since.elapsed() >= SYNC_EVERY;
            if self.unsynced_since.is_some_and(is_due) {
                self.sync();
            }
            self.warn();
            if is_end {
                return;
            }
            thread::sleep(REST);
        }
    }

    /// Writes what waits. True at the end.
    fn write_batches(&mut self, first: Option<Message>, waiting: &Receiver<Message>) -> bool {
        let mut next = first;
        loop {
            let lost = self.lost();
            let mut lines = String::new();
            if lost > self.told {
                lines = line_of_losses(lost - self.told, lost);
            }
            let mut records: u64 = 0;
            let mut is_end = false;
            while let Some(message) = next.take() {
                match message {
                    Message::End => {
                        is_end = true;
                        break;
                    }
                    Message::Record(record) => {
                        self.counts
                            .waiting
                            .fetch_sub(record.len(), Ordering::Relaxed);
                        lines.push_str(&record);
                        lines.push('\n');
                        records += 1;
                    }
                }
                if records >= BATCH_RECORDS || lines.len() >= BATCH_BYTES {
                    break;
                }
                next = match waiting.try_recv() {
                    Ok(message) => Some(message),
                    Err(TryRecvError::Empty) => None,
                    Err(TryRecvError::Disconnected) => Some(Message::End),
                };
            }
            self.write(&lines, records, lost);
            if is_end {
                return true;
            }
            match waiting.try_recv() {
                Ok(message) => next = Some(message),
                Err(_) => return false,
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the sink measures how long its own output went unsynced"
    )]
    fn write(&mut self, lines: &str, records: u64, lost: u64) {
        if lines.is_empty() {
            return;
        }
        match self.output.write(lines.as_bytes()) {
            Ok(()) => {
                self.told = lost;
                self.unsynced_since.get_or_insert_with(Instant::now);
            }
            Err(error) => {
                self.counts.lost.fetch_add(records, Ordering::Relaxed);
                if self.may_warn() {
                    tracing::warn!(%error, "audit records could not be written");
                }
            }
        }
    }

    fn sync(&mut self) {
        self.unsynced_since = None;
        if let Err(error) = self.output.sync() {
            tracing::warn!(%error, "audit records could not be synced to the disk");
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the sink measures how long its own last warning is ago"
    )]
    fn warn(&mut self) {
        let lost = self.lost();
        if lost > self.warned && self.may_warn() {
            let lately = lost - self.warned;
            tracing::warn!(lost = lately, in_all = lost, "audit records were lost");
            self.warned = lost;
            self.last_warned = Some(Instant::now());
        }
    }

    fn may_warn(&self) -> bool {
        self.last_warned
            .is_none_or(|last| last.elapsed() >= WARN_EVERY)
    }

    fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }
}

/// The line that stands where records are missing.
fn line_of_losses(lately: u64, in_all: u64) -> String {
    format!("{{\"lostAuditRecords\":{lately},\"lostAuditRecordsInAll\":{in_all}}}\n")
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, MutexGuard};

    use super::*;

    /// Keeps what is written, unless it is told to hold or to fail.
    #[derive(Clone, Default)]
    struct Kept(Arc<(Mutex<State>, Condvar)>);

    #[derive(Default)]
    struct State {
        text: String,
        is_held: bool,
        is_at_work: bool,
        fails: bool,
        synced: usize,
    }

    impl Kept {
        fn state(&self) -> MutexGuard<'_, State> {
            self.0.0.lock().unwrap()
        }

        fn set(&self, change: impl FnOnce(&mut State)) {
            change(&mut self.state());
            self.0.1.notify_all();
        }

        fn wait(&self, until: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
            let state = self.state();
            self.0.1.wait_while(state, |state| !until(state)).unwrap()
        }
    }

    impl Output for Kept {
        fn write(&mut self, lines: &[u8]) -> io::Result<()> {
            self.set(|state| state.is_at_work = true);
            let mut state = self.wait(|state| !state.is_held);
            state.is_at_work = false;
            if state.fails {
                return Err(io::Error::other("told to fail"));
            }
            state.text.push_str(std::str::from_utf8(lines).unwrap());
            drop(state);
            self.0.1.notify_all();
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            self.set(|state| state.synced += 1);
            Ok(())
        }
    }

    #[test]
    fn all_that_was_taken_is_written_in_order_and_synced_at_the_end() {
        let kept = Kept::default();
        let sink = Sink::start_with(Box::new(kept.clone()), 100).unwrap();
        for number in 0..50 {
            sink.send(format!("{{\"n\":{number}}}"));
        }
        sink.close();
        let expected: String = (0..50).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        assert_eq!(kept.state().text, expected);
        assert_eq!(kept.state().synced, 1);
        assert_eq!(sink.lost(), 0);
        sink.send("late".to_owned());
        assert_eq!(sink.lost(), 1);
    }

    #[test]
    fn what_finds_no_room_is_counted_and_told_once_there_is_room_again() {
        let kept = Kept::default();
        kept.set(|state| state.is_held = true);
        let sink = Sink::start_with(Box::new(kept.clone()), 2).unwrap();
        sink.send("0".to_owned());
        drop(kept.wait(|state| state.is_at_work));
        for number in 1..=5 {
            sink.send(number.to_string());
        }
        assert_eq!(sink.lost(), 3);
        kept.set(|state| state.is_held = false);
        drop(kept.wait(|state| state.text.ends_with("2\n")));
        let line = "{\"lostAuditRecords\":3,\"lostAuditRecordsInAll\":3}\n";
        assert_eq!(kept.state().text, format!("0\n{line}1\n2\n"));
        sink.send("6".to_owned());
        sink.close();
        assert_eq!(kept.state().text, format!("0\n{line}1\n2\n6\n"));
    }

    #[test]
    fn what_can_not_be_written_is_lost_and_told_when_it_can_be() {
        let kept = Kept::default();
        kept.set(|state| state.fails = true);
        let sink = Sink::start_with(Box::new(kept.clone()), 10).unwrap();
        sink.send("a".to_owned());
        while sink.lost() == 0 {
            thread::yield_now();
        }
        kept.set(|state| state.fails = false);
        // Nothing else needs to come for it.
        drop(kept.wait(|state| !state.text.is_empty()));
        sink.close();
        let line = "{\"lostAuditRecords\":1,\"lostAuditRecordsInAll\":1}\n";
        assert_eq!(kept.state().text, line);
    }

    #[test]
    fn few_but_huge_records_do_not_fill_the_memory() {
        let kept = Kept::default();
        kept.set(|state| state.is_held = true);
        let sink = Sink::start_with(Box::new(kept.clone()), 1_000).unwrap();
        sink.send("0".to_owned());
        drop(kept.wait(|state| state.is_at_work));
        let huge = "x".repeat(QUEUE_BYTES / 4);
        for _ in 0..8 {
            sink.send(huge.clone());
        }
        assert_eq!(sink.lost(), 4);
        kept.set(|state| state.is_held = false);
        sink.close();
    }
}
