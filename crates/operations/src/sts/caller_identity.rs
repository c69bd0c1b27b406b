//! Who the caller is.

pub(crate) mod get_caller_identity;
