//! How fast the store commits and loads, beside a loop that only appends and syncs:
//! `cargo run --release -p keyward-store-sqlite --example commit_rate -- FOLDER [RECORDS]`.
//!
//! In turn, several rounds each, so that a slow moment of the disk meets both.
#![expect(clippy::disallowed_methods, reason = "to measure is to read a clock")]

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use keyward_names::{AccountId, Timestamp};
use keyward_store::{Commit, Committed, Store, Version, Write};
use keyward_store_sqlite::{OpenOptions, SqliteStore};

const ROUNDS: usize = 7;
const COMMITS: usize = 1_500;
const WRITES: usize = 16;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let records = arguments
        .next()
        .map_or(Ok(0), |count| count.parse::<usize>())?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let store = SqliteStore::open(OpenOptions::new(folder.join("store")))?;
    let account = AccountId::from_number(1).ok_or("no such account")?;
    let mut filler = Filler {
        version: Version::NONE,
        count: 0,
    };
    let mut out = io::stdout().lock();
    let started = Instant::now();
    while filler.count < records {
        filler.commit(&store, account, 20_000).await?;
    }
    writeln!(out, "{records} records put in {:?}", started.elapsed())?;
    let (mut ratios, mut middle_ratios) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let floor = Times::of(append_and_sync(&folder.join("floor"))?);
        let mut times = Vec::with_capacity(COMMITS);
        for _ in 0..COMMITS {
            let started = Instant::now();
            filler.commit(&store, account, WRITES).await?;
            times.push(started.elapsed());
        }
        let times = Times::of(times);
        writeln!(out, "round {round}: floor {floor}\n         store {times}")?;
        ratios.push(floor.total.as_secs_f64() / times.total.as_secs_f64());
        middle_ratios.push(floor.at(500).as_secs_f64() / times.at(500).as_secs_f64());
    }
    writeln!(
        out,
        "medians of the rounds: {:.0} % of the floor's rate, {:.0} % by the middle commit",
        100.0 * median(ratios),
        100.0 * median(middle_ratios)
    )?;
    let started = Instant::now();
    let mut loaded = store.load(account).await?.ok_or("no records")?;
    let mut seen = 0;
    while let Some(chunk) = loaded.records.recv().await {
        seen += chunk?.len();
    }
    writeln!(out, "{seen} records loaded in {:?}", started.elapsed())?;
    let started = Instant::now();
    store.close().await?;
    writeln!(out, "closed in {:?}", started.elapsed())?;
    Ok(())
}

struct Filler {
    version: Version,
    count: usize,
}

impl Filler {
    /// Puts new records under keys that are spread at random, as unique ids are.
    async fn commit(
        &mut self,
        store: &SqliteStore,
        account: AccountId,
        writes: usize,
    ) -> Result<(), Box<dyn Error>> {
        let writes = (self.count..self.count + writes)
            .map(|number| Write::put("user", spread(number), body(number)))
            .collect::<Vec<_>>();
        self.count += writes.len();
        let commit = Commit {
            account,
            expected: self.version,
            entry_id: "7d1f0a52-6f8e-4f44-9a53-0f5f2f1f6d3e".to_owned(),
            at: Timestamp::from_unix_seconds(1_795_000_000),
            writes,
            claims: Vec::new(),
            releases: Vec::new(),
            audit: Vec::new(),
        };
        match store.commit(vec![commit]).await?.first() {
            Some(Committed::Done(version)) => self.version = *version,
            other => return Err(format!("{other:?}").into()),
        }
        Ok(())
    }
}

fn spread(number: usize) -> String {
    format!(
        "AIDA{:016X}",
        (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    )
}

fn body(number: usize) -> String {
    format!(
        r#"{{"v":1,"name":"user-{number}","path":"/staff/","created":"2026-11-24T21:14:25Z","pad":"{}"}}"#,
        "x".repeat(170)
    )
}

/// What a server does that keeps the same writes in nothing but a log.
fn append_and_sync(path: &Path) -> io::Result<Vec<Duration>> {
    let mut file = File::create(path)?;
    let entry: String = (0..WRITES)
        .map(|number| spread(number) + &body(number))
        .collect();
    let mut times = Vec::with_capacity(COMMITS);
    for _ in 0..COMMITS {
        let started = Instant::now();
        file.write_all(entry.as_bytes())?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// How long each of a round's commits took.
struct Times {
    total: Duration,
    sorted: Vec<Duration>,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        let total = times.iter().sum();
        times.sort_unstable();
        Self {
            total,
            sorted: times,
        }
    }

    /// The time that so many of a thousand commits stayed below.
    fn at(&self, thousandth: usize) -> Duration {
        let index = self.sorted.len() * thousandth / 1_000;
        self.sorted.get(index).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.0}/s, p50 {:?} p99 {:?} p99.9 {:?} max {:?}",
            self.sorted.len() as f64 / self.total.as_secs_f64(),
            self.at(500),
            self.at(990),
            self.at(999),
            self.sorted.last().copied().unwrap_or_default(),
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
