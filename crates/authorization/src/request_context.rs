//! How a request came, as conditions of policies may ask about it.

use std::net::IpAddr;
use std::sync::Arc;

use keyward_names::Timestamp;

/// What is known of a request beside its parameters and its caller.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    /// Where it came from: `aws:SourceIp`.
    pub source: Option<IpAddr>,
    /// Whether it came over TLS: `aws:SecureTransport`.
    pub is_secure: bool,
    /// The client's name for itself: `aws:UserAgent`.
    pub user_agent: Option<String>,
    /// The page it came from: `aws:referer`.
    pub referer: Option<String>,
    /// The region it was signed for: `aws:RequestedRegion`, but for IAM, which has one region.
    pub region: Option<String>,
    /// When the caller signed in with a password, where that is how the caller is known. The
    /// credentials are temporary then, and no device took part: `aws:TokenIssueTime`,
    /// `aws:MultiFactorAuthPresent`.
    pub signed_in: Option<Timestamp>,
    /// What the client calls the server.
    pub host: Option<String>,
    /// The connection, where the server itself speaks TLS.
    pub tls: Option<Tls>,
    /// By which way it came in.
    pub entrance: Entrance,
}

/// The one host of STS that has no region in its name.
const GLOBAL_STS_HOST: &str = "sts.amazonaws.com";

impl RequestContext {
    /// Whether the client calls the server by AWS's name for STS in no region.
    pub fn is_global_sts_host(&self) -> bool {
        let host = self.host.as_deref().unwrap_or_default();
        host.split(':').next() == Some(GLOBAL_STS_HOST)
    }
}

/// A connection over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `TLSv1.3`
    pub version: &'static str,
    /// `TLS_AES_128_GCM_SHA256`
    pub cipher_suite: Arc<str>,
}

/// By which way a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entrance {
    /// By the API, signed.
    #[default]
    Api,
    /// From a page, by someone who is signed in.
    Console,
    /// From the door, by someone of whom a new password is due before anything else.
    Door,
}
