//! How a server is to behave.

use std::time::Duration;

use keyward_engine::RefusedRequest;
use keyward_names::{AccountId, Network, Secret};

/// All that is set when a server starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who may call without a key that Keyward issued.
    pub mode: Mode,
    /// A root key that the environment gives, beside those in the accounts.
    pub configured_key: Option<ConfiguredKey>,
    /// Bounds on what is taken in before anyone is known.
    pub limits: Limits,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

/// How strict the server is.
#[derive(Debug, Clone)]
pub enum Mode {
    /// For tests and development.
    Dev(DevOptions),
    /// Everything is verified and authorised.
    Serve,
}

/// What `dev` allows.
#[derive(Debug, Clone)]
pub struct DevOptions {
    /// The account of everybody who does not say another: it is always there.
    pub account: AccountId,
    /// The password that its root user signs in with; without one it can't sign in. It is hashed when
    /// somebody first signs in, as that takes longer than the start.
    pub root_password: Option<Secret>,
    /// Refuse keys that Keyward did not issue, as `serve` does.
    pub enforce: bool,
    /// Names by which the server may be called, beside addresses, `localhost` and AWS's own.
    pub hosts: Vec<String>,
    /// Explains a refusal to people.
    pub explain: Option<fn(&RefusedRequest) -> String>,
}

impl DevOptions {
    /// As `dev` is without options.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            root_password: None,
            enforce: false,
            hosts: Vec::new(),
            explain: None,
        }
    }
}

/// A key that is given at start and kept nowhere. It speaks for an account's root user.
#[derive(Debug, Clone)]
pub struct ConfiguredKey {
    /// The access key id, of any form.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: Secret,
    /// Whose root user it is.
    pub account: AccountId,
}

/// Bounds that hold before a request is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take.
    pub header_time: Duration,
    /// How many bytes the head of a request may have.
    pub header_bytes: usize,
    /// How long the body may take.
    pub body_time: Duration,
    /// How many bytes the body of `POST /` may have. SAML metadata may be 10 MB, percent-encoded.
    pub body_bytes: usize,
    /// How many bytes the body of any other request may have, and up to how many the body of
    /// `POST /` has a place of its own in memory.
    pub small_body_bytes: usize,
    /// How many bytes all larger bodies together may have in memory. One that finds no room within
    /// `body_time` is refused.
    pub large_bodies_bytes: usize,
    /// How long a client may leave an answer unread: so long may a write make no progress.
    pub write_time: Duration,
    /// How long requests under way may take to finish when the server stops.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let connections = keyward_inbound::Limits::default();
        Self {
            connections: connections.connections,
            header_time: connections.header_time,
            header_bytes: connections.header_bytes,
            body_time: Duration::from_secs(30),
            body_bytes: 16 * 1024 * 1024,
            small_body_bytes: 64 * 1024,
            large_bodies_bytes: 256 * 1024 * 1024,
            write_time: connections.write_time,
            drain_time: connections.drain_time,
        }
    }
}

impl Limits {
    /// Those that hold for connections.
    pub(crate) fn of_connections(&self) -> keyward_inbound::Limits {
        keyward_inbound::Limits {
            connections: self.connections,
            header_time: self.header_time,
            header_bytes: self.header_bytes,
            write_time: self.write_time,
            drain_time: self.drain_time,
        }
    }
}

/// A certificate chain and its key, in PEM.
pub struct Tls {
    /// The chain, the server's own certificate first.
    pub certificates: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}
