//! The identity of the caller.

pub(crate) mod get_caller_identity;
