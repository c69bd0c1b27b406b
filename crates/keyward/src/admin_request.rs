//! What goes over the socket for administration: a request and an answer, a line of JSON each.

use keyward_names::AccountId;
use serde::{Deserialize, Serialize};

/// What is asked of an installation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Request {
    CreateAccount {
        account_id: AccountId,
        account_name: String,
        root_email: String,
    },
    ListAccounts,
    ResetRootPassword {
        account_id: AccountId,
    },
    Why {
        request_id: Option<String>,
    },
}

/// The answer: lines for the person who asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Response {
    Lines(Vec<String>),
    Error(String),
}

impl Request {
    /// Reads a line; the error is what the administrator is told.
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| format!("the request is malformed: {error}"))
    }
}
