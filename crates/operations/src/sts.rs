//! The operations of STS, a folder for each thing they tell or make.

pub(crate) mod access_keys;
pub(crate) mod caller_identity;
