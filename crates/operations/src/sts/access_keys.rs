//! What an access key id itself shows.

pub(crate) mod get_access_key_info;
