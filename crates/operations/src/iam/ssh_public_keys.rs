//! SSH public keys of users, of which nobody can have one yet.

pub(crate) mod list_ssh_public_keys;
