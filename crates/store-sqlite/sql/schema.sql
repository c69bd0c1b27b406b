-- The tables of a store, as SQLite makes them: the one file that is not meant for other databases.
-- Only `directory` and `shard_head` are not led by an account.
-- WITHOUT ROWID keeps a row in its key's own tree, so a write touches one page, not two.

CREATE TABLE schema_version (
    version INTEGER NOT NULL
) STRICT;

-- How often each account changed, and where in its shard's log its newest change stands.
CREATE TABLE account (
    account_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (account_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX account_by_position ON account (shard, position);

-- What an account consists of; `body` is JSON.
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
    writes TEXT NOT NULL,
    PRIMARY KEY (account_id, version)
) STRICT, WITHOUT ROWID;

-- How many changes each shard has seen.
CREATE TABLE shard_head (
    shard INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (shard)
) STRICT, WITHOUT ROWID;

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
