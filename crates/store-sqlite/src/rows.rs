//! The rows of records and of the log.

use keyward_store::{LoggedWrite, StoreError, Write};
use rusqlite::Connection;
use serde_json::value::RawValue;

use crate::statement;

/// A write as the log's JSON has it. The body is not quoted, so that an operator can query into it.
#[derive(serde::Serialize, serde::Deserialize)]
struct LoggedText<'text> {
    #[serde(borrow)]
    kind: std::borrow::Cow<'text, str>,
    #[serde(borrow)]
    key: std::borrow::Cow<'text, str>,
    // Left out for a deletion: a body may be the JSON text `null`.
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    body: Option<&'text RawValue>,
}

/// Reads a member that is there as `Some`, even if it is `null`.
fn present<'text, D: serde::Deserializer<'text>>(
    deserializer: D,
) -> Result<Option<&'text RawValue>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

/// Renders writes as the log keeps them; fails if a body is not JSON.
pub(crate) fn render_writes(writes: &[Write]) -> Result<String, StoreError> {
    let mut logged = Vec::with_capacity(writes.len());
    for write in writes {
        let body = match &write.body {
            None => None,
            Some(body) => Some(serde_json::from_str::<&RawValue>(body).map_err(|_| {
                StoreError::Corrupt(format!("the body of a new `{}` is not JSON", write.kind))
            })?),
        };
        logged.push(LoggedText {
            kind: write.kind.into(),
            key: (&*write.key).into(),
            body,
        });
    }
    serde_json::to_string(&logged).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// Reads back what [`render_writes`] rendered.
pub(crate) fn parse_writes(text: &str) -> Result<Vec<LoggedWrite>, serde_json::Error> {
    let logged: Vec<LoggedText<'_>> = serde_json::from_str(text)?;
    Ok(logged
        .into_iter()
        .map(|write| LoggedWrite {
            kind: write.kind.into(),
            key: write.key.into(),
            body: write.body.map(|body| body.get().into()),
        })
        .collect())
}

/// Puts or deletes a record.
pub(crate) fn write_record(
    connection: &Connection,
    account: &str,
    kind: &str,
    key: &str,
    body: Option<&str>,
) -> rusqlite::Result<()> {
    match body {
        Some(body) => statement::PUT_RECORD
            .on(connection)?
            .execute((account, kind, key, body))?,
        None => statement::DELETE_RECORD
            .on(connection)?
            .execute((account, kind, key))?,
    };
    Ok(())
}
