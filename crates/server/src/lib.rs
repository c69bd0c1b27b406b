//! The server: HTTP with its limits, who is calling, and which operation is meant.
//!
//! What an operation does is not decided here. This crate turns bytes into an authenticated
//! [`keyward_operations::Request`] and a reply back into bytes. It is the only crate that listens
//! for HTTP.

mod api;
mod authenticate;
mod connections;
mod dev;
mod guard;
mod options;
mod received;
mod route;
mod signing_keys;
mod source;

pub use connections::{Server, Stopped};
pub use options::{ConfiguredKey, DevOptions, InvalidCidr, Limits, Mode, Network, Options, Tls};
pub use source::DEV_ACCOUNT;

use std::sync::Arc;

use keyward_operations::Installation;

/// What every request is served with.
struct Service {
    installation: Arc<Installation>,
    options: Options,
    signing_keys: signing_keys::SigningKeys,
}
