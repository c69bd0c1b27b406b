//! What each write does to the tables. Everything that could turn it down is looked at before the
//! first table is touched, so an answer other than `Done` needs no rollback.

use keyward_names::Timestamp;
use keyward_store::{
    Claim, Commit, Committed, KeptAudit, OneTimeKey, Shard, StoreError, Use, Version,
};
use rusqlite::{Connection, OptionalExtension};

use crate::head::Head;
use crate::pending::{PendingCommit, Size};
use crate::rows::write_record;
use crate::{rows, statement};

/// A commit with all the work done that needs no database, so that the one writer does not do it.
pub(crate) struct PreparedCommit {
    commit: Commit,
    account: String,
    writes: String,
}

/// When the records learn what a commit wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    /// In the same transaction. All that is pending must have been written before.
    Now,
    /// Later, from what is pending.
    Later,
}

impl PreparedCommit {
    /// Renders what the log keeps; fails if a body is not JSON.
    pub(crate) fn new(mut commit: Commit) -> Result<Self, StoreError> {
        trim_bodies(&mut commit);
        let writes = rows::render_writes(&commit.writes)?;
        Ok(Self {
            account: commit.account.to_string(),
            commit,
            writes,
        })
    }

    /// How much it is: the number of its writes, and the bytes of their text.
    pub(crate) fn size(&self) -> Size {
        Size {
            commits: 1,
            writes: self.commit.writes.len(),
            bytes: self.writes.len(),
        }
    }

    /// The parts that the records are made of.
    pub(crate) fn into_pending(self) -> PendingCommit {
        PendingCommit {
            size: self.size(),
            account: self.account,
            version: self.commit.expected.next(),
            writes: self
                .commit
                .writes
                .into_iter()
                .map(|write| ((write.kind.into(), write.key), write.body))
                .collect(),
        }
    }
}

/// Takes away the white space around bodies, which the log does not keep: so a record reads the same
/// wherever it is read from.
fn trim_bodies(commit: &mut Commit) {
    for body in commit
        .writes
        .iter_mut()
        .filter_map(|write| write.body.as_mut())
    {
        let trimmed = body.trim_matches([' ', '\t', '\n', '\r']);
        if trimmed.len() < body.len() {
            *body = trimmed.to_owned();
        }
    }
}

/// Does one commit, and prunes the account's log now and then.
pub(crate) fn commit(
    connection: &Connection,
    prepared: &PreparedCommit,
    records: Records,
    retention: u64,
) -> rusqlite::Result<Committed> {
    let PreparedCommit {
        commit,
        account,
        writes,
    } = prepared;
    let head = Head::read(connection, account)?.unwrap_or_default();
    if head.version != commit.expected {
        return Ok(Committed::Conflict {
            current: head.version,
        });
    }
    for claim in &commit.claims {
        let holder: Option<String> = statement::DIRECTORY_HOLDER
            .on(connection)?
            .query_row((claim.kind, &claim.name), |row| row.get(0))
            .optional()?;
        if holder.is_some_and(|holder| holder != *account) {
            return Ok(Committed::Taken(claim.clone()));
        }
    }
    write_directory(connection, account, &commit.releases, &commit.claims)?;
    let version = head.version.next();
    let applied = match records {
        Records::Now => {
            for write in &commit.writes {
                write_record(
                    connection,
                    account,
                    write.kind,
                    &write.key,
                    write.body.as_deref(),
                )?;
            }
            version
        }
        Records::Later => head.applied,
    };
    statement::APPEND_LOG.on(connection)?.execute((
        account,
        version.number(),
        &commit.entry_id,
        commit.at.unix_seconds(),
        writes,
    ))?;
    append_audit(connection, account, version, commit)?;
    prune(connection, account, Head { version, applied }, retention)?;
    let shard = Shard::of(commit.account).number();
    let position: u64 = statement::NEWEST_POSITION
        .on(connection)?
        .query_row([shard], |row| row.get(0))?;
    statement::ADVANCE_ACCOUNT.on(connection)?.execute((
        account,
        version.number(),
        applied.number(),
        shard,
        position.saturating_add(1),
    ))?;
    Ok(Committed::Done(version))
}

fn write_directory(
    connection: &Connection,
    account: &str,
    releases: &[Claim],
    claims: &[Claim],
) -> rusqlite::Result<()> {
    for Claim { kind, name } in releases {
        statement::RELEASE_NAME
            .on(connection)?
            .execute((kind, name, account))?;
    }
    for Claim { kind, name } in claims {
        statement::CLAIM_NAME
            .on(connection)?
            .execute((kind, name, account))?;
    }
    Ok(())
}

fn append_audit(
    connection: &Connection,
    account: &str,
    version: Version,
    commit: &Commit,
) -> rusqlite::Result<()> {
    for record in &commit.audit {
        statement::APPEND_AUDIT.on(connection)?.execute((
            account,
            version.number(),
            commit.at.unix_seconds(),
            record,
        ))?;
    }
    Ok(())
}

/// Drops old entries in lots: one by one, each commit would touch the log's first page as well as
/// its last. What the records don't have yet is kept in any case.
fn prune(
    connection: &Connection,
    account: &str,
    head: Head,
    retention: u64,
) -> rusqlite::Result<()> {
    let version = head.version.number();
    let lot = (retention / 128).max(1);
    if version.is_multiple_of(lot) && version > retention {
        let last = (version - retention).min(head.applied.number());
        statement::PRUNE_LOG
            .on(connection)?
            .execute((account, last))?;
    }
    Ok(())
}

/// Uses up a key; true if this was the first use.
pub(crate) fn use_once(
    connection: &Connection,
    key: &OneTimeKey,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let account = key.account.to_string();
    let (until, now) = (key.until.unix_seconds(), now.unix_seconds());
    if until <= now {
        return Ok(false);
    }
    let changed = statement::USE_UP
        .on(connection)?
        .execute((&account, key.kind, &key.key, until, now))?;
    if changed > 0 {
        statement::FORGET_USED
            .on(connection)?
            .execute((&account, now))?;
    }
    Ok(changed > 0)
}

/// Notes the uses of a batch.
pub(crate) fn note_use(connection: &Connection, batch: &[Use]) -> rusqlite::Result<()> {
    let mut note = statement::NOTE_USE.on(connection)?;
    for used in batch {
        note.execute((
            used.account.to_string(),
            &used.subject,
            used.at.unix_seconds(),
            &used.detail,
        ))?;
    }
    Ok(())
}

/// Forgets the oldest audit records, up to the first that was not made before a time.
pub(crate) fn forget_audit(connection: &Connection, before: Timestamp) -> rusqlite::Result<usize> {
    let before = before.unix_seconds();
    let mut oldest = statement::OLDEST_AUDIT.on(connection)?;
    let mut rows = oldest.query([KeptAudit::LIMIT])?;
    let mut last: Option<u64> = None;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)? >= before {
            break;
        }
        last = Some(row.get(0)?);
    }
    match last {
        Some(last) => statement::FORGET_AUDIT.on(connection)?.execute([last]),
        None => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use keyward_names::AccountId;
    use keyward_store::Write;

    use super::*;

    fn prepared(writes: Vec<Write>) -> Result<PreparedCommit, StoreError> {
        PreparedCommit::new(Commit {
            account: AccountId::INSTALLATION,
            expected: Version::NONE,
            entry_id: "entry".to_owned(),
            at: Timestamp::from_unix_seconds(0),
            writes,
            claims: Vec::new(),
            releases: Vec::new(),
            audit: Vec::new(),
        })
    }

    #[test]
    fn the_log_keeps_bodies_as_json_that_can_be_queried_into() {
        let body = "{\"v\": 1,  \"n\": 1.50}";
        let prepared = prepared(vec![
            Write::put("thing", "a\"b", body),
            Write::delete("thing", "gone"),
            Write::put("thing", "null", "null"),
        ])
        .unwrap();
        assert_eq!(
            prepared.writes,
            format!(
                r#"[{{"kind":"thing","key":"a\"b","body":{body}}},{{"kind":"thing","key":"gone"}},{{"kind":"thing","key":"null","body":null}}]"#
            )
        );
        let read = rows::parse_writes(&prepared.writes).unwrap();
        assert_eq!(read[0].body.as_deref(), Some(body));
        assert_eq!(&*read[0].key, "a\"b");
        assert_eq!(read[1].body, None);
        assert_eq!(read[2].body.as_deref(), Some("null"));
    }

    #[test]
    fn a_body_that_is_not_json_is_turned_down() {
        for body in ["", "{", "{} {}", "plain"] {
            let refused = prepared(vec![Write::put("thing", "key", body)]);
            assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{body}");
        }
    }
}
