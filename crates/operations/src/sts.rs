//! The operations of STS, one folder for each thing they show or make.

pub(crate) mod access_keys;
pub(crate) mod authorization_messages;
pub(crate) mod caller_identity;
pub(crate) mod sessions;
mod shared;
pub(crate) mod web_identity_tokens;
