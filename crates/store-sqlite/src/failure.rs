//! What SQLite's errors mean to those above.

use keyward_store::StoreError;
use rusqlite::ErrorCode;

/// Sorts an error of SQLite: damage on one side, everything that may pass on the other.
pub(crate) fn store_error(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(error.to_string())
        }
        Some(_) => StoreError::Unavailable(error.to_string()),
        // Not SQLite's own: a value was not of the type or the form that this crate writes.
        None => StoreError::Corrupt(error.to_string()),
    }
}

/// Whether the connection is best opened anew after an error. A full disk is not such a case: the
/// transaction was rolled back, and all is as before.
pub(crate) fn spoils_connection(error: &rusqlite::Error) -> bool {
    !matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::TooBig)
    )
}

/// The answer of a store that was closed.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("it was closed".to_owned())
}

/// The answer for a value that can't be what this crate wrote.
pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not what was written"))
}
