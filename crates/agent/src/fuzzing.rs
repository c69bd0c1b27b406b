//! For fuzz targets only: reading what STS answers, without a connection.

use keyward_names::Secret;
use keyward_outbound::Answer;

use crate::KeyPair;
use crate::assume_role::read;

/// The secret access key that signed.
pub const SECRET: &str = "secret";

/// Reads an answer, and gives what is told of a refusal: nothing of it where keys were given out.
#[must_use]
pub fn read_answer(status: u16, body: &[u8]) -> String {
    let keys = KeyPair {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new(SECRET),
        session_token: None,
    };
    let body = body.to_vec().into();
    let read = read(&Answer { status, body }, &keys);
    read.err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}
