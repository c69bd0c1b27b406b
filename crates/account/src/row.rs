//! Rows: records as a store keeps them, JSON text under a kind and a key.
//!
//! The body is `{"version":1,"record":{..}}`. Version 1 is the only one so far; when a kind's form
//! changes, its version rises, and the old form stays readable here.

use keyward_names::{AccessKeyId, GroupId, InstanceProfileId, PolicyId, RoleId, UserId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::PolicyEntity;

const VERSION: u32 = 1;

/// A record in the store's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The kind of entity: `user`, `login_profile`, ..
    pub kind: &'static str,
    /// The key of the entity within its kind; empty where an account has only one.
    pub key: Box<str>,
    /// JSON; `None` where the record is deleted.
    pub body: Option<String>,
}

/// A stored record that can't be read. The error names the record and never quotes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The kind is unknown.
    #[error("unknown kind of record `{kind}`")]
    UnknownKind {
        /// The kind that was found.
        kind: String,
    },
    /// A later release wrote the record.
    #[error("record `{kind}` `{key}` has version {version}, which is newer than this program")]
    NewerVersion {
        /// The record's kind.
        kind: &'static str,
        /// The record's key.
        key: String,
        /// The version that was found.
        version: u32,
    },
    /// The body or the key does not fit the kind.
    #[error("record `{kind}` `{key}` is malformed")]
    Malformed {
        /// The record's kind.
        kind: &'static str,
        /// The record's key.
        key: String,
    },
}

/// The key of a record within its kind, as text.
pub(crate) trait Key: Sized {
    /// Parses the text.
    fn parse(text: &str) -> Option<Self>;

    /// The text.
    fn text(&self) -> &str;
}

/// The key of an entity that an account has only one of.
impl Key for () {
    fn parse(text: &str) -> Option<Self> {
        text.is_empty().then_some(())
    }

    fn text(&self) -> &str {
        ""
    }
}

impl Key for Box<str> {
    fn parse(text: &str) -> Option<Self> {
        Some(text.into())
    }

    fn text(&self) -> &str {
        self
    }
}

/// Makes ids keys: `id_keys! { UserId }` for an id type that has `parse` and `as_str`.
macro_rules! id_keys {
    ($($id:ident)+) => {$(
        impl Key for $id {
            fn parse(text: &str) -> Option<Self> {
                Self::parse(text).ok()
            }

            fn text(&self) -> &str {
                self.as_str()
            }
        }
    )+};
}

id_keys! { UserId GroupId RoleId PolicyId InstanceProfileId AccessKeyId }

impl Key for PolicyEntity {
    fn parse(text: &str) -> Option<Self> {
        let user = || Key::parse(text).map(Self::User);
        let role = || Key::parse(text).map(Self::Role);
        let group = || Key::parse(text).map(Self::Group);
        user().or_else(role).or_else(group)
    }

    fn text(&self) -> &str {
        self.as_str()
    }
}

#[derive(Serialize)]
struct Written<'a, T> {
    version: u32,
    record: &'a T,
}

#[derive(Deserialize)]
struct Read<T> {
    version: u32,
    record: T,
}

#[derive(Deserialize)]
struct ReadVersion {
    version: u32,
}

pub(crate) enum BodyError {
    Malformed,
    Newer(u32),
}

/// The body of a record.
pub(crate) fn write_body<T: Serialize>(record: &T) -> String {
    // Fails only for maps whose keys are not strings and for failing writers, neither of which is
    // here.
    serde_json::to_string(&Written {
        version: VERSION,
        record,
    })
    .unwrap_or_default()
}

/// Parses the body of a record.
pub(crate) fn read_body<T: DeserializeOwned>(body: &str) -> Result<T, BodyError> {
    match serde_json::from_str::<Read<T>>(body) {
        Ok(read) if read.version == VERSION => Ok(read.record),
        Ok(_) | Err(_) => match serde_json::from_str::<ReadVersion>(body) {
            Ok(ReadVersion { version }) if version > VERSION => Err(BodyError::Newer(version)),
            Ok(_) | Err(_) => Err(BodyError::Malformed),
        },
    }
}
