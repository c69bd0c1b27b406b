//! Signing certificates of users, of which nobody can have one yet.

pub(crate) mod list_signing_certificates;
