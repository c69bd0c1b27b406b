//! What an access key id tells by itself.

pub(crate) mod get_access_key_info;
