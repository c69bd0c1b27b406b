//! Bytes that must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that must not be seen, such as the picture of a one-time-code seed: they do not print and
/// are wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBlob(Zeroizing<Vec<u8>>);

impl SecretBlob {
    /// Takes bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBlob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}
