//! How a request came, as conditions of policies may ask about it.

use std::net::IpAddr;

use keyward_names::Timestamp;

/// What is known of a request beside its parameters and its caller.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
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
}
