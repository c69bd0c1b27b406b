use keyward_names::{AccountId, Timestamp};
use keyward_store::{Changes, Commit, Committed, Write};

use super::*;
use crate::apply::{self, PreparedCommit, Records};
use crate::head::Head;
use crate::{load, reader, statement};

#[test]
fn an_account_reads_the_same_at_every_moment_between_log_and_records() {
    let mut random = Random(7);
    for _ in 0..30 {
        let mut bench = Bench::new(1_000);
        for _ in 0..40 {
            let account = random.below(2);
            let writes = some_writes(&mut random);
            match random.below(6) {
                0 => bench.pending.begin_round(),
                1 => bench.slice(1 + random.below(9)),
                2 => bench.break_down(),
                3 if random.below(3) == 0 => bench.commit(account, writes, Records::Now),
                _ => bench.commit(account, writes, Records::Later),
            }
            bench.check();
        }
        bench.apply_all();
        bench.check();
        for number in 0..2 {
            assert_eq!(bench.seen(number, "record"), bench.wanted[number]);
        }
    }
}

#[test]
fn the_last_write_of_a_key_stands_when_it_is_applied_late() {
    let mut bench = Bench::new(1_000);
    let (put, delete) = (
        |body| Write::put("thing", "a", body),
        || Write::delete("thing", "a"),
    );
    for (writes, wanted) in [
        (vec![put("1")], Some("1")),
        (vec![delete()], None),
        (vec![delete(), put("2")], Some("2")),
        (vec![put("3"), delete()], None),
        (vec![put("4"), put("5")], Some("5")),
    ] {
        bench.commit(0, writes, Records::Later);
        let loaded = bench.loaded(0);
        assert_eq!(loaded.first().map(|(_, _, body)| body.as_str()), wanted);
        bench.check();
    }
    bench.apply_all();
    bench.check();
}

#[test]
fn a_round_is_noted_only_when_all_of_it_is_in_the_records() {
    let mut bench = Bench::new(1_000);
    bench.commit(0, numbered(0..10), Records::Later);
    bench.pending.begin_round();
    bench.commit(0, numbered(5..15), Records::Later);
    bench.slice(4);
    assert_eq!(bench.applied(0), 0);
    assert_eq!(bench.seen(0, "record").len(), 4);
    bench.slice(100);
    assert_eq!(bench.applied(0), 1);
    assert_eq!(bench.seen(0, "record").len(), 10);
    bench.apply_all();
    assert_eq!(bench.applied(0), 2);
    assert_eq!(bench.seen(0, "record").len(), 15);
    assert!(bench.pending.is_empty());
}

#[test]
fn a_breakdown_in_the_middle_of_a_round_loses_nothing() {
    let mut bench = Bench::new(1_000);
    bench.commit(0, numbered(0..10), Records::Later);
    bench.commit(1, numbered(0..10), Records::Later);
    bench.pending.begin_round();
    bench.slice(14);
    bench.commit(0, vec![Write::delete("thing", "00")], Records::Later);
    bench.break_down();
    bench.check();
    bench.apply_all();
    bench.check();
    assert_eq!(bench.seen(0, "record").len(), 9);
    assert_eq!(bench.seen(1, "record").len(), 10);
}

#[test]
fn the_log_keeps_what_the_records_do_not_have() {
    const KEPT: u64 = 4;
    let mut bench = Bench::new(KEPT);
    for _ in 0..20 {
        bench.commit(0, numbered(0..1), Records::Later);
    }
    assert_eq!(bench.logged(), 20);
    bench.apply_all();
    assert_eq!(bench.logged(), 20);
    bench.commit(0, numbered(1..2), Records::Later);
    assert_eq!(bench.logged(), KEPT);
    let after = Version::new(21 - KEPT);
    let changes = reader::changes(&bench.connection, account(0), after).unwrap();
    assert!(matches!(changes, Changes::Entries(entries) if entries.len() as u64 == KEPT));
    bench.check();
}

/// A database, what is pending in it, and what two accounts must look like.
struct Bench {
    connection: Connection,
    pending: Pending,
    retention: u64,
    wanted: [Vec<Row>; 2],
    versions: [u64; 2],
}

/// Kind, key and body.
type Row = (String, String, String);

impl Bench {
    fn new(retention: u64) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(statement::SCHEMA).unwrap();
        Self {
            connection,
            pending: Pending::default(),
            retention,
            wanted: Default::default(),
            versions: [0; 2],
        }
    }

    fn commit(&mut self, number: usize, writes: Vec<Write>, records: Records) {
        for Write { kind, key, body } in &writes {
            let rows = &mut self.wanted[number];
            rows.retain(|row| (row.0.as_str(), row.1.as_str()) != (kind, key));
            if let Some(body) = body {
                rows.push(((*kind).to_owned(), key.to_string(), body.clone()));
            }
            rows.sort();
        }
        let prepared = PreparedCommit::new(Commit {
            account: account(number),
            expected: Version::new(self.versions[number]),
            entry_id: "entry".to_owned(),
            at: Timestamp::from_unix_seconds(0),
            writes,
            claims: Vec::new(),
            releases: Vec::new(),
            audit: Vec::new(),
        })
        .unwrap();
        self.versions[number] += 1;
        if records == Records::Now {
            self.pending.write_all(&self.connection).unwrap();
            self.pending.clear();
        }
        let done = apply::commit(&self.connection, &prepared, records, self.retention).unwrap();
        assert_eq!(done, Committed::Done(Version::new(self.versions[number])));
        if records == Records::Later {
            self.pending.add(prepared.into_pending());
        }
    }

    fn slice(&mut self, writes: usize) {
        self.pending
            .apply_slice(&mut self.connection, writes)
            .unwrap();
    }

    fn apply_all(&mut self) {
        while !self.pending.is_empty() {
            self.pending.begin_round();
            self.slice(7);
        }
    }

    /// Forgets all that is not in the database.
    fn break_down(&mut self) {
        self.pending = Pending::read(&self.connection).unwrap();
    }

    /// Checks that a load and an operator's query show the accounts as they must be.
    fn check(&self) {
        for number in 0..2 {
            assert_eq!(self.loaded(number), self.wanted[number]);
            assert_eq!(self.seen(number, "current_record"), self.wanted[number]);
        }
    }

    fn loaded(&self, number: usize) -> Vec<Row> {
        let (version, chunks) = load::load_at_once(&self.connection, account(number)).unwrap();
        assert_eq!(version.unwrap_or_default().number(), self.versions[number]);
        chunks
            .into_iter()
            .flatten()
            .map(|record| {
                (
                    record.kind.to_string(),
                    record.key.into(),
                    record.body.into(),
                )
            })
            .collect()
    }

    fn seen(&self, number: usize, table: &str) -> Vec<Row> {
        let sql =
            format!("SELECT kind, key, body FROM {table} WHERE account_id = $1 ORDER BY kind, key");
        let mut query = self.connection.prepare(&sql).unwrap();
        query
            .query_map([account(number).to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    fn applied(&self, number: usize) -> u64 {
        let head = Head::read(&self.connection, &account(number).to_string());
        head.unwrap().unwrap().applied.number()
    }

    fn logged(&self) -> u64 {
        let sql = "SELECT count(*) FROM log";
        self.connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    }
}

fn account(number: usize) -> AccountId {
    AccountId::from_number(number as u64 + 1).unwrap()
}

fn numbered(numbers: std::ops::Range<usize>) -> Vec<Write> {
    numbers
        .map(|number| Write::put("thing", format!("{number:02}"), number.to_string()))
        .collect()
}

fn some_writes(random: &mut Random) -> Vec<Write> {
    (0..random.below(5))
        .map(|_| {
            let kind = ["other", "thing"][random.below(2)];
            let key = ["", "a", "a\"b", "b", "é", "\u{1F511}"][random.below(6)];
            match random.below(3) {
                0 => Write::delete(kind, key),
                _ => Write::put(kind, key, format!("{{\"n\":{}}}", random.below(1_000))),
            }
        })
        .collect()
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
