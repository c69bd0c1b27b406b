//! `keyward audit`: reading audit records, from the files and from the store.

use std::collections::{HashSet, VecDeque};
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use keyward_audit::{Destination, Files, Follower, Query, Search, Sink, SinkOptions, event_id_of};
use keyward_engine::Audit;
use keyward_store::AuditPlace;
use keyward_store_sqlite::AuditHistory;

use crate::arguments::{AuditCommand, AuditPlaces, AuditQuery};
use crate::configuration::Configuration;

/// The folder of the audit files in a data folder.
const FOLDER: &str = "audit";
/// How often it is looked for new records.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often a record of the store is passed over before it is shown: its copy in the files is about
/// to come, and may tell more.
const ROUNDS_WAITED: u32 = 5;
/// How many events are remembered as shown.
const REMEMBERED: usize = 100_000;

/// Starts what was configured. Without a word about it, `default` holds, and nothing is recorded where
/// that is `None`.
pub(crate) fn start(
    configuration: &Configuration,
    argument: Option<&str>,
    default: Option<PathBuf>,
) -> anyhow::Result<Arc<Audit>> {
    let table = configuration.audit();
    let to = match argument.or(table.output.as_deref()) {
        Some("stdout") => Some(Destination::StandardOutput),
        Some("none") => None,
        Some(folder) => Some(Destination::Files(folder.into())),
        None => match default {
            Some(folder) => Some(Destination::Files(folder)),
            None => return Ok(Arc::default()),
        },
    };
    let sink = to.map(|to| Sink::start(table.sink_options(SinkOptions::new(to))));
    Ok(Arc::new(Audit::new(sink.transpose()?, table.kept_for())))
}

/// Where the audit files of a data folder are unless told otherwise.
pub(crate) fn usual_folder(data: &std::path::Path) -> PathBuf {
    data.join(FOLDER)
}

/// Prints what is asked for. A reader that has gone away ends it quietly.
pub(crate) fn run(command: AuditCommand) -> anyhow::Result<()> {
    let printed = match command {
        AuditCommand::Search { place, query } => search(&place, &query_of(*query)),
        AuditCommand::Tail {
            place,
            lines,
            follow,
        } => tail(&place, lines, follow),
    };
    match printed {
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        other => other,
    }
}

fn query_of(asked: AuditQuery) -> Query {
    Query {
        event_name: asked.event_name,
        user_name: asked.user_name,
        access_key_id: asked.access_key_id,
        event_source: asked.event_source,
        account: asked.account_id,
        since: asked.since,
        until: asked.until,
        read_only: asked.read_only,
        error_code: asked.error_code,
        event_id: asked.event_id,
        limit: asked.limit,
    }
}

fn search(place: &AuditPlaces, query: &Query) -> anyhow::Result<()> {
    for record in found(place, query)? {
        print(&record)?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "files and database are looked at again and again: neither tells what is new"
)]
fn tail(place: &AuditPlaces, lines: usize, follow: bool) -> anyhow::Result<()> {
    // Before all else, so that nothing falls between what is there and what comes.
    let following = follow.then(|| Following::begin(place)).transpose()?;
    let query = Query {
        limit: lines,
        ..Query::default()
    };
    let mut newest = found(place, &query)?;
    newest.reverse();
    for record in &newest {
        print(record)?;
    }
    let Some(mut following) = following else {
        return Ok(());
    };
    following.remember(&newest);
    loop {
        for record in following.next()? {
            print(&record)?;
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// The records of the store and of the files, newest first, each event once.
fn found(place: &AuditPlaces, query: &Query) -> anyhow::Result<Vec<String>> {
    let mut search = Search::new(query);
    if let Some(history) = history(place)? {
        let mut after = AuditPlace::START;
        loop {
            let kept = history.after(after)?;
            let Some(last) = kept.last() else { break };
            after = last.place;
            for kept in &kept {
                search.take_change(&kept.record);
            }
        }
    }
    let files = files(place);
    search
        .take_files(&files)
        .with_context(|| "the audit files can't be read")?;
    Ok(search.finish())
}

fn history(place: &AuditPlaces) -> anyhow::Result<Option<AuditHistory>> {
    AuditHistory::open(&place.data)
        .with_context(|| format!("the store in `{}` can't be read", place.data.display()))
}

fn files(place: &AuditPlaces) -> Files {
    let folder = place.audit.clone();
    Files::new(folder.unwrap_or_else(|| usual_folder(&place.data)))
}

/// What comes, from the files and from the store.
struct Following {
    follower: Follower,
    history: Option<(AuditHistory, AuditPlace)>,
    /// Records of the store that the files don't have yet, and how often they were looked for there.
    waiting: VecDeque<(String, u32)>,
    shown: Recent,
}

impl Following {
    fn begin(place: &AuditPlaces) -> anyhow::Result<Self> {
        let history = match history(place)? {
            Some(history) => {
                let newest = history.newest()?;
                Some((history, newest))
            }
            None => None,
        };
        Ok(Self {
            follower: Follower::at_the_end(&files(place))?,
            history,
            waiting: VecDeque::new(),
            shown: Recent::default(),
        })
    }

    fn remember(&mut self, records: &[String]) {
        for record in records {
            if let Some(id) = event_id_of(record) {
                self.shown.is_new(id);
            }
        }
    }

    /// What came since, each event once. Lines that tell of losses are shown too.
    fn next(&mut self) -> anyhow::Result<Vec<String>> {
        let mut records = Vec::new();
        let kept = match &mut self.history {
            Some((history, after)) => {
                let kept = history.after(*after)?;
                *after = kept.last().map_or(*after, |last| last.place);
                kept
            }
            None => Vec::new(),
        };
        for line in self.follower.lines()? {
            let is_new = event_id_of(&line).is_none_or(|id| self.shown.is_new(id));
            if is_new && !line.is_empty() {
                records.push(line);
            }
        }
        for (_, rounds) in &mut self.waiting {
            *rounds += 1;
        }
        let kept = kept.into_iter().map(|kept| (kept.record, 0));
        self.waiting.extend(kept);
        while let Some((record, _)) = self
            .waiting
            .pop_front_if(|(_, rounds)| *rounds >= ROUNDS_WAITED)
        {
            if event_id_of(&record).is_none_or(|id| self.shown.is_new(id)) {
                records.push(record);
            }
        }
        Ok(records)
    }
}

/// The events that were shown lately.
#[derive(Default)]
struct Recent {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Recent {
    fn is_new(&mut self, id: String) -> bool {
        if !self.ids.insert(id.clone()) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

/// Prints a line. What clients sent reaches no terminal as a command: JSON escapes most of it, and the
/// rest is escaped here.
fn print(record: &str) -> io::Result<()> {
    let mut line = String::with_capacity(record.len() + 1);
    for character in record.chars() {
        if matches!(character, '\u{7f}'..='\u{9f}') {
            line.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.flush()
}
