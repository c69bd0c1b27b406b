//! Tokens in which an account vouches to others for the caller.

pub(crate) mod get_web_identity_token;
