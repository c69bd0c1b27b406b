//! What the log has and the records don't have yet.
//!
//! A commit writes to the log alone, whose end is one place, and not to the records, which are as
//! many places as it has writes. These are made up for later: many commits' writes at once, in the
//! order of the keys, so that neighbours share a page and a record that was written again and again
//! is written once.
//!
//! Pending writes are gathered in one round while those of the round before are applied, slice by
//! slice. A round's accounts are noted as applied when the last of their writes is; until then the
//! log still has them all, and readers lay it over the records.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use keyward_store::Version;
use rusqlite::Connection;
use rusqlite::types::Type;

use crate::rows::{parse_writes, write_record};
use crate::statement;

/// The kind and the key of a record.
pub(crate) type Place = (Cow<'static, str>, Box<str>);

/// Records to put, or to delete where there is no body, in the byte order of (kind, key).
pub(crate) type Overlay = BTreeMap<Place, Option<String>>;

/// All that is pending.
#[derive(Default)]
pub(crate) struct Pending {
    /// Being applied.
    applying: Round,
    /// Gathered meanwhile.
    gathered: Round,
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    pub(crate) commits: u64,
    pub(crate) writes: usize,
    /// Of the log's text.
    pub(crate) bytes: usize,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.commits += other.commits;
        self.writes += other.writes;
        self.bytes += other.bytes;
    }
}

impl Size {
    /// Whether any part reaches a limit.
    pub(crate) fn reaches(self, limit: Self) -> bool {
        self.commits >= limit.commits || self.writes >= limit.writes || self.bytes >= limit.bytes
    }
}

/// A commit that is durable in the log.
pub(crate) struct PendingCommit {
    pub(crate) account: String,
    pub(crate) version: Version,
    pub(crate) writes: Vec<(Place, Option<String>)>,
    pub(crate) size: Size,
}

#[derive(Default)]
struct Round {
    accounts: BTreeMap<String, AccountRound>,
    size: Size,
}

/// The writes of an account that bring its records to a version.
struct AccountRound {
    version: Version,
    writes: Overlay,
}

impl Pending {
    /// Reads from the log what is pending in a database that was not closed in good order.
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut pending = Self::default();
        let mut accounts = statement::PENDING_ACCOUNTS.on(connection)?;
        let mut rows = accounts.query([])?;
        while let Some(row) = rows.next()? {
            let account: String = row.get(0)?;
            let applied = Version::new(row.get(1)?);
            read_log(connection, &account, applied, |commit| pending.add(commit))?;
        }
        Ok(pending)
    }

    /// Takes in a commit that came after all the others of its account.
    pub(crate) fn add(&mut self, commit: PendingCommit) {
        self.gathered.size += commit.size;
        let account = self
            .gathered
            .accounts
            .entry(commit.account)
            .or_insert_with(|| AccountRound {
                version: commit.version,
                writes: Overlay::new(),
            });
        account.version = commit.version;
        account.writes.extend(commit.writes);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.applying.accounts.is_empty() && self.gathered.accounts.is_empty()
    }

    /// Whether a round is on its way to the records.
    pub(crate) fn is_applying(&self) -> bool {
        !self.applying.accounts.is_empty()
    }

    /// How much was gathered since the last round began.
    pub(crate) fn gathered(&self) -> Size {
        self.gathered.size
    }

    /// How much there is in both rounds; of a round that is under way, as much as it began with.
    pub(crate) fn size(&self) -> Size {
        let mut size = self.gathered.size;
        size += self.applying.size;
        size
    }

    /// Begins to apply what was gathered, unless a round is under way.
    pub(crate) fn begin_round(&mut self) {
        if !self.is_applying() {
            self.applying = std::mem::take(&mut self.gathered);
        }
    }

    /// Applies about so many writes of the round that is under way, in one transaction. Nothing is
    /// given up if that fails.
    pub(crate) fn apply_slice(
        &mut self,
        connection: &mut Connection,
        writes: usize,
    ) -> rusqlite::Result<()> {
        let transaction = connection.transaction()?;
        let mut left = writes.max(1);
        let mut whole_accounts = 0;
        let mut of_next_account = 0;
        for (account, round) in &self.applying.accounts {
            of_next_account = round.write(&transaction, account, left)?;
            if of_next_account < round.writes.len() {
                break;
            }
            round.note(&transaction, account)?;
            whole_accounts += 1;
            // Noting it is a write as well.
            left = left.saturating_sub(of_next_account + 1);
            of_next_account = 0;
            if left == 0 {
                break;
            }
        }
        transaction.commit()?;
        self.applying.drop_first(whole_accounts, of_next_account);
        Ok(())
    }

    /// Applies everything within a transaction of the caller's, who calls [`Pending::clear`] once
    /// that is durable.
    pub(crate) fn write_all(&self, connection: &Connection) -> rusqlite::Result<()> {
        for round in [&self.applying, &self.gathered] {
            for (account, round) in &round.accounts {
                round.write(connection, account, usize::MAX)?;
                round.note(connection, account)?;
            }
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Round {
    /// Forgets what was applied: the first accounts, and the first writes of the one after.
    fn drop_first(&mut self, accounts: usize, writes: usize) {
        for _ in 0..accounts {
            self.accounts.pop_first();
        }
        if let Some(mut next) = self.accounts.first_entry() {
            for _ in 0..writes {
                next.get_mut().writes.pop_first();
            }
        }
        if self.accounts.is_empty() {
            self.size = Size::default();
        }
    }
}

impl AccountRound {
    /// Writes the first of its records, and says how many.
    fn write(
        &self,
        connection: &Connection,
        account: &str,
        limit: usize,
    ) -> rusqlite::Result<usize> {
        let mut written = 0;
        for ((kind, key), body) in self.writes.iter().take(limit) {
            write_record(connection, account, kind, key, body.as_deref())?;
            written += 1;
        }
        Ok(written)
    }

    /// Notes that its records are all there.
    fn note(&self, connection: &Connection, account: &str) -> rusqlite::Result<()> {
        statement::ADVANCE_RECORDS
            .on(connection)?
            .execute((self.version.number(), account))?;
        Ok(())
    }
}

/// What an account's log holds after a version, each record as the newest entry has it.
pub(crate) fn overlay(
    connection: &Connection,
    account: &str,
    applied: Version,
) -> rusqlite::Result<Overlay> {
    let mut overlay = Overlay::new();
    read_log(connection, account, applied, |commit| {
        overlay.extend(commit.writes);
    })?;
    Ok(overlay)
}

fn read_log(
    connection: &Connection,
    account: &str,
    after: Version,
    mut take: impl FnMut(PendingCommit),
) -> rusqlite::Result<()> {
    let mut log = statement::PENDING_WRITES.on(connection)?;
    let mut rows = log.query((account, after.number()))?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str()?;
        let logged = parse_writes(text).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
        })?;
        take(PendingCommit {
            account: account.to_owned(),
            version: Version::new(row.get(0)?),
            size: Size {
                commits: 1,
                writes: logged.len(),
                bytes: text.len(),
            },
            writes: logged
                .into_iter()
                .map(|write| {
                    let place = (Cow::Owned(String::from(write.kind)), write.key);
                    (place, write.body.map(String::from))
                })
                .collect(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
