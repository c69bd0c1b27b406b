//! The server: HTTP with its limits, who is calling, and which operation is meant.
//!
//! What an operation does is not decided here. This crate turns bytes into an authenticated
//! [`keyward_engine::Request`] and a reply back into bytes.

mod answers;
mod api;
mod authenticate;
mod body_budget;
mod calling_out;
mod connections;
mod dev;
mod dev_account;
mod guard;
mod hosts;
mod issuer;
mod options;
mod origin;
mod other_services;
mod pages;
mod received;
mod route;
mod service;
mod sessions;
mod signing_keys;

pub use calling_out::{CallingOut, OutboundRules, OutboundRulesError};
pub use connections::Server;
pub use dev_account::{DEV_ACCOUNT, dev_root_email, make_dev_account};
pub use keyward_inbound::Stopped;
pub use options::{ConfiguredKey, DevOptions, Limits, Mode, Options, Tls};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use pages::fuzzing;

use service::Service;
