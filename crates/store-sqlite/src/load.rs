//! Loading an account: its records, with what is pending in its log laid over them, from one view.

use std::collections::btree_map;
use std::iter::Peekable;
use std::sync::Arc;

use keyward_names::AccountId;
use keyward_store::{Record, RecordSender, StoreError, Version};
use rusqlite::{Connection, Row};
use tokio::sync::oneshot;

use crate::failure::store_error;
use crate::head::Head;
use crate::pending::{self, Overlay, Place};
use crate::statement;

/// How many records a chunk of a load holds.
const CHUNK: usize = 1_024;

/// Where a load goes: its version first, then its records.
pub(crate) struct LoadTarget {
    /// `None` once told.
    begin: Option<oneshot::Sender<Result<Option<Version>, StoreError>>>,
    records: RecordSender,
}

impl LoadTarget {
    pub(crate) fn new(
        begin: oneshot::Sender<Result<Option<Version>, StoreError>>,
        records: RecordSender,
    ) -> Self {
        Self {
            begin: Some(begin),
            records,
        }
    }

    /// Loads an account in one read transaction, chunk by chunk; stops when nobody takes them.
    pub(crate) fn load(
        &mut self,
        connection: &Connection,
        account: AccountId,
    ) -> Result<(), StoreError> {
        read_account(connection, account, self).map_err(|error| store_error(&error))
    }

    /// Tells the taker that the load can't go on.
    pub(crate) fn fail(self, error: StoreError) {
        match self.begin {
            Some(begin) => drop(begin.send(Err(error))),
            None => drop(self.records.blocking_send(Err(error))),
        }
    }
}

/// Loads an account whole.
pub(crate) fn load_at_once(
    connection: &Connection,
    account: AccountId,
) -> Result<WholeAccount, StoreError> {
    let mut whole = WholeAccount::default();
    read_account(connection, account, &mut whole).map_err(|error| store_error(&error))?;
    Ok(whole)
}

/// The version of an account, and its records in chunks.
pub(crate) type WholeAccount = (Option<Version>, Vec<Vec<Record>>);

/// One who takes in an account.
trait Taker {
    fn begin(&mut self, version: Option<Version>);

    /// False if no more are wanted.
    fn take(&mut self, chunk: Vec<Record>) -> bool;
}

impl Taker for LoadTarget {
    fn begin(&mut self, version: Option<Version>) {
        if let Some(begin) = self.begin.take() {
            let _ = begin.send(Ok(version));
        }
    }

    fn take(&mut self, chunk: Vec<Record>) -> bool {
        self.records.blocking_send(Ok(chunk)).is_ok()
    }
}

impl Taker for WholeAccount {
    fn begin(&mut self, version: Option<Version>) {
        self.0 = version;
    }

    fn take(&mut self, chunk: Vec<Record>) -> bool {
        self.1.push(chunk);
        true
    }
}

fn read_account(
    connection: &Connection,
    account: AccountId,
    taker: &mut impl Taker,
) -> rusqlite::Result<()> {
    let account = account.to_string();
    let view = connection.unchecked_transaction()?;
    let head = Head::read(&view, &account)?;
    taker.begin(head.map(|head| head.version));
    let Some(head) = head else {
        return Ok(());
    };
    let overlay = if head.applied < head.version {
        pending::overlay(&view, &account, head.applied)?
    } else {
        Overlay::new()
    };
    let mut chunks = Chunks::new(taker);
    let mut later = overlay.into_iter().peekable();
    let mut load = statement::LOAD_RECORDS.on(&view)?;
    let mut rows = load.query([&account])?;
    while let Some(row) = rows.next()? {
        let place = (text(row, 0)?, text(row, 1)?);
        while let Some((before, body)) = later.next_if(|(other, _)| borrowed(other) < place) {
            chunks.push_if_put(&before, body);
        }
        if let Some((same, body)) = later.next_if(|(other, _)| borrowed(other) == place) {
            chunks.push_if_put(&same, body);
        } else {
            let (kind, key) = place;
            chunks.push(kind, key, text(row, 2)?.into());
        }
        if !chunks.wanted {
            return Ok(());
        }
    }
    chunks.push_all(later);
    chunks.finish();
    Ok(())
}

/// Gathers records until there are enough for a chunk.
struct Chunks<'taker, T> {
    taker: &'taker mut T,
    chunk: Vec<Record>,
    kind: Arc<str>,
    /// False once the taker wants no more.
    wanted: bool,
}

impl<'taker, T: Taker> Chunks<'taker, T> {
    fn new(taker: &'taker mut T) -> Self {
        Self {
            taker,
            chunk: Vec::with_capacity(CHUNK),
            kind: Arc::from(""),
            wanted: true,
        }
    }

    fn push(&mut self, kind: &str, key: &str, body: Box<str>) {
        if *self.kind != *kind {
            self.kind = Arc::from(kind);
        }
        self.chunk.push(Record {
            kind: Arc::clone(&self.kind),
            key: key.into(),
            body,
        });
        if self.chunk.len() >= CHUNK {
            let full = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
            self.wanted = self.wanted && self.taker.take(full);
        }
    }

    fn push_if_put(&mut self, place: &Place, body: Option<String>) {
        if let Some(body) = body {
            let (kind, key) = borrowed(place);
            self.push(kind, key, body.into());
        }
    }

    fn push_all(&mut self, later: Peekable<btree_map::IntoIter<Place, Option<String>>>) {
        for (place, body) in later {
            if !self.wanted {
                return;
            }
            self.push_if_put(&place, body);
        }
    }

    fn finish(self) {
        if self.wanted && !self.chunk.is_empty() {
            self.taker.take(self.chunk);
        }
    }
}

/// A column's text, borrowed: a load reads millions of them.
fn text<'row>(row: &'row Row<'_>, column: usize) -> rusqlite::Result<&'row str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn borrowed(place: &Place) -> (&str, &str) {
    (&place.0, &place.1)
}
