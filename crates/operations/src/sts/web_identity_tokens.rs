//! Tokens by which an account vouches for whoever calls, to others.

pub(crate) mod get_web_identity_token;
