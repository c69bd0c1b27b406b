//! What services tell of why something was refused, encoded.

pub(crate) mod decode_authorization_message;
