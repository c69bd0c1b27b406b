//! For fuzz targets only: reading what STS answers, without a connection.

use keyward_names::{Secret, Timestamp};
use keyward_outbound::Answer;

use crate::{KeyPair, RoleError, assume_role};

/// Credentials that an answer holds.
#[derive(Debug)]
pub struct ReadCredentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token.
    pub session_token: Secret,
    /// When they expire.
    pub expiration: Timestamp,
}

/// Reads an answer of STS to a request that these keys signed.
pub fn read_answer(status: u16, body: &[u8], keys: &KeyPair) -> Result<ReadCredentials, RoleError> {
    let body = body.to_vec().into();
    let read = assume_role::read(&Answer { status, body }, keys)?;
    Ok(ReadCredentials {
        access_key_id: read.access_key_id,
        secret_access_key: read.secret_access_key,
        session_token: read.session_token,
        expiration: read.expiration,
    })
}
