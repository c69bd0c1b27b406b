//! Credentials: those that the agent has, and those that it hands out.

use keyward_names::{Secret, Timestamp};

/// Credentials to sign with.
#[derive(Debug, Clone)]
pub struct KeyPair {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token, where the credentials are temporary themselves.
    pub session_token: Option<Secret>,
}

/// Credentials of a session of the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemporaryCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Secret,
    pub(crate) expiration: Timestamp,
}
