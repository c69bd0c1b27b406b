//! What goes wrong when calling out.

/// Why something could not be fetched. Nothing of an answer is in it, neither in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not an https URL that can be called.
    #[error("not an https URL that can be called")]
    Url,
    /// An address or a port that may not be called: not public, and not allowed by the operator.
    #[error("the host has an address or a port that may not be called")]
    Refused,
    /// The name is unknown, nobody listens, or the connection broke.
    #[error("the host can't be reached")]
    Unreachable,
    /// The host's certificate is not trusted, or TLS can't be spoken with it.
    #[error("no trusted TLS connection with the host")]
    Untrusted,
    /// It took longer than all of it may.
    #[error("the host took too long")]
    TookTooLong,
    /// An answer with another status than 200. Redirects are not followed.
    #[error("the host answered with status {0}")]
    Status(u16),
    /// An answer that is longer than it may be.
    #[error("the host's answer is too large")]
    TooLarge,
    /// An answer that is not what was asked for, or is of another issuer.
    #[error("the host's answer is not what was asked for")]
    NotUnderstood,
}

/// Options that can't be used. They are the operator's, so that their texts may be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// A certificate of the operator's authorities can't be read; its place in the list, from 1.
    #[error("certificate {0} of the authorities can't be read")]
    Authority(usize),
    /// The pinned keys of this issuer are not a JSON Web Key Set.
    #[error("the keys pinned for `{0}` are not a JSON object with a list of keys")]
    Pinned(String),
    /// TLS can't be set up.
    #[error("TLS can't be set up")]
    Tls,
}
