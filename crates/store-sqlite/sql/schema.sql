-- The tables of a store, as SQLite makes them: the one file that is not meant for other databases.
-- Only `directory` is not led by an account.
-- WITHOUT ROWID keeps a row in its key's own tree, so a write touches one page, not two. Not so in
-- `log`, whose rows are long and only ever come after all others: there a full page is left as it is.

CREATE TABLE schema_version (
    version INTEGER NOT NULL
) STRICT;

-- How often each account changed, which of its versions `record` stands at, and where in its shard's
-- log its newest change stands: the shard's own length is the greatest of these.
CREATE TABLE account (
    account_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (account_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX account_by_position ON account (shard, position);

-- What an account consisted of at the version `applied`; `body` is JSON. Later changes are in `log`,
-- and some of them may be here already. `current_record` shows the account as it is.
CREATE TABLE record (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, key)
) STRICT, WITHOUT ROWID;

-- What each change of an account wrote; `writes` is a JSON array of {"kind", "key", "body"},
-- without a body for a deletion. `at` counts seconds since 1970.
CREATE TABLE log (
    account_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    entry_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    writes TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX log_by_version ON log (account_id, version);

-- For those who look into the file with other programs: `record` with the later changes laid over.
CREATE VIEW current_record (account_id, kind, key, body) AS
WITH change AS MATERIALIZED (
    SELECT log.account_id, log.version, write.key AS place,
        write.value ->> 'kind' AS kind, write.value ->> 'key' AS key, write.value -> 'body' AS body
    FROM account
    JOIN log ON log.account_id = account.account_id AND log.version > account.applied
    JOIN json_each(log.writes) AS write
), newest AS MATERIALIZED (
    SELECT account_id, kind, key, body, row_number() OVER (
        PARTITION BY account_id, kind, key ORDER BY version DESC, place DESC
    ) AS age
    FROM change
)
SELECT account_id, kind, key, body FROM record
WHERE (account_id, kind, key) NOT IN (SELECT account_id, kind, key FROM newest)
UNION ALL
SELECT account_id, kind, key, body FROM newest WHERE age = 1 AND body IS NOT NULL;

-- Names that one account at most may hold.
CREATE TABLE directory (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

-- What was used up. `until` counts seconds since 1970: then it may be forgotten.
CREATE TABLE used_once (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX used_once_by_until ON used_once (account_id, until);

-- When things were last used. `at` counts seconds since 1970; `detail` is JSON.
CREATE TABLE last_use (
    account_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (account_id, subject)
) STRICT, WITHOUT ROWID;

-- The audit records of changes, in the order in which they were kept; they stay when `log` is cut back.
-- No other index: each would cost every change another page. `at` counts seconds since 1970.
CREATE TABLE audit_record (
    place INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
