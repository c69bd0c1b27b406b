//! What an operator can say about calling out.

use std::time::Duration;

use rustls_pki_types::CertificateDer;

use crate::Allowed;

/// What may be called, and how.
#[derive(Debug, Clone, Default)]
pub struct OutboundOptions {
    /// Hosts and addresses that may be called though they are not public, and at any port.
    pub allowed: Vec<Allowed>,
    /// Authorities that are trusted beside those of the operating system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Issuers whose keys are not fetched: the issuer's URL, as tokens have it, and its key set.
    pub pinned: Vec<(String, String)>,
    /// The limits.
    pub limits: Limits,
}

/// The limits of calling out.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long fetching a key set may take, with everything that belongs to it.
    pub total_time: Duration,
    /// How long one address may take to accept a connection, so that others can be tried.
    pub connect_time: Duration,
    /// How long an answer may be, in bytes, without its headers.
    pub body_bytes: usize,
    /// How many calls are under way at once. More wait, within their time.
    pub at_once: usize,
    /// How many issuers are remembered. This many times `body_bytes` is the memory that it takes at
    /// the worst; a key set has some thousand bytes mostly.
    pub issuers: usize,
    /// How long a key set is used before it is fetched anew.
    pub fresh_time: Duration,
    /// How long a failure is answered again without another try.
    pub failed_time: Duration,
    /// How long to wait before a fresh key set is fetched again because a key is not in it.
    pub again_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total_time: Duration::from_secs(5),
            connect_time: Duration::from_secs(2),
            body_bytes: 256 * 1024,
            at_once: 32,
            issuers: 500,
            fresh_time: Duration::from_secs(600),
            failed_time: Duration::from_secs(5),
            again_time: Duration::from_secs(30),
        }
    }
}
