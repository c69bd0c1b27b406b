//! The SQL of the store, one file a statement under `sql/`.
//!
//! All but the schema is text that PostgreSQL takes as well. Parameters are `$1`, `$2`, … and first
//! appear in this order, because SQLite numbers them by first appearance.

use rusqlite::{CachedStatement, Connection};

/// One statement.
#[derive(Clone, Copy)]
pub(crate) struct Statement(&'static str);

impl Statement {
    /// The statement made ready on a connection, which remembers it.
    pub(crate) fn on(self, connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
        connection.prepare_cached(self.0)
    }
}

pub(crate) const SCHEMA: &str = include_str!("../sql/schema.sql");

/// What brings the tables of each earlier layout, the first one's first, to the next.
pub(crate) const UPGRADES: &[&str] = &[include_str!("../sql/upgrade_1_to_2.sql")];

/// Names each statement after its file, and lists them all.
macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) const $name: Statement = Statement(include_str!(concat!("../sql/", $file)));)*

        /// How many statements a connection should remember.
        pub(crate) const COUNT: usize = [$($file),*].len();

        #[cfg(test)]
        const ALL: &[(&str, Statement)] = &[$(($file, $name)),*];
    };
}

statements! {
    READ_SCHEMA_VERSION = "read_schema_version.sql";
    WRITE_SCHEMA_VERSION = "write_schema_version.sql";
    ADVANCE_SCHEMA_VERSION = "advance_schema_version.sql";
    ACCOUNT_HEAD = "account_head.sql";
    PUT_RECORD = "put_record.sql";
    DELETE_RECORD = "delete_record.sql";
    ADVANCE_RECORDS = "advance_records.sql";
    LOAD_RECORDS = "load_records.sql";
    APPEND_LOG = "append_log.sql";
    READ_LOG = "read_log.sql";
    PENDING_ACCOUNTS = "pending_accounts.sql";
    PENDING_WRITES = "pending_writes.sql";
    PRUNE_LOG = "prune_log.sql";
    NEWEST_POSITION = "newest_position.sql";
    ADVANCE_ACCOUNT = "advance_account.sql";
    CHANGED_ACCOUNTS = "changed_accounts.sql";
    DIRECTORY_HOLDER = "directory_holder.sql";
    DIRECTORY_LIST = "directory_list.sql";
    CLAIM_NAME = "claim_name.sql";
    RELEASE_NAME = "release_name.sql";
    USE_UP = "use_up.sql";
    IS_USED = "is_used.sql";
    FORGET_USED = "forget_used.sql";
    NOTE_USE = "note_use.sql";
    READ_USE = "read_use.sql";
    APPEND_AUDIT = "append_audit.sql";
    READ_AUDIT = "read_audit.sql";
    NEWEST_AUDIT = "newest_audit.sql";
    OLDEST_AUDIT = "oldest_audit.sql";
    FORGET_AUDIT = "forget_audit.sql";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_fits_the_schema_and_numbers_its_parameters_by_appearance() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        for (file, statement) in ALL {
            let prepared = statement
                .on(&connection)
                .unwrap_or_else(|error| panic!("{file}: {error}"));
            for index in 1..=prepared.parameter_count() {
                let name = format!("${index}");
                assert_eq!(
                    prepared.parameter_name(index),
                    Some(name.as_str()),
                    "{file}"
                );
            }
            assert!(statement.0.starts_with("-- "), "{file} has no comment");
        }
    }
}
