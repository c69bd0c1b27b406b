//! Encoded messages, in which services say why a request was refused.

pub(crate) mod decode_authorization_message;
