//! How a request came, for conditions of policies and for audit records.

use std::net::IpAddr;
use std::sync::Arc;

use keyward_names::Timestamp;

/// What is known of a request apart from its parameters and its caller.
#[derive(Debug, Clone, Default)]
pub struct RequestContext {
    /// Where it came from: `aws:SourceIp`.
    pub source: Option<IpAddr>,
    /// Whether it came over TLS: `aws:SecureTransport`.
    pub is_secure: bool,
    /// What the client says it is: `aws:UserAgent`.
    pub user_agent: Option<String>,
    /// The page it came from: `aws:referer`.
    pub referer: Option<String>,
    /// The region it was signed for: `aws:RequestedRegion`, except for IAM, which has one region.
    pub region: Option<String>,
    /// When the caller signed in with a password, if the caller is known by that. Such a request
    /// counts as one with temporary credentials and without MFA: `aws:TokenIssueTime`,
    /// `aws:MultiFactorAuthPresent`.
    pub signed_in: Option<Timestamp>,
    /// The server's name in the request: the `Host` header.
    pub host: Option<String>,
    /// The TLS connection, if the server itself speaks TLS.
    pub tls: Option<Tls>,
    /// The way it came in.
    pub entrance: Entrance,
}

/// The host of STS that has no region in its name.
const GLOBAL_STS_HOST: &str = "sts.amazonaws.com";

impl RequestContext {
    /// Whether the request came to the host of STS that has no region in its name.
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

/// The way a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entrance {
    /// The API, with a signature.
    #[default]
    Api,
    /// A page, from someone who is signed in.
    Console,
    /// The sign-in page, from someone who must choose a new password first.
    Door,
}
