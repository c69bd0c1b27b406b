//! The key that signs, and the scope it is good for.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The last element of every scope.
pub(crate) const TERMINATOR: &str = "aws4_request";

/// What one signing key is good for: a day, a region and a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// The day (UTC), `YYYYMMDD`.
    pub date: &'a str,
    /// The region, such as `us-east-1`.
    pub region: &'a str,
    /// The service, such as `iam`.
    pub service: &'a str,
}

/// A signing key: made from a secret access key for one [`Scope`]. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// Derives the key for `scope` from a secret access key: four rounds of HMAC, which is why
    /// callers keep the result by (access key id, day, region, service).
    #[must_use]
    pub fn derive(secret: &str, scope: Scope<'_>) -> Self {
        let seed = Zeroizing::new(["AWS4".as_bytes(), secret.as_bytes()].concat());
        let parts = [scope.date, scope.region, scope.service, TERMINATOR];
        let mut key = Self([0; 32]);
        for (round, part) in parts.into_iter().enumerate() {
            key.0 = if round == 0 {
                hmac(&seed, part.as_bytes())
            } else {
                hmac(&key.0, part.as_bytes())
            };
        }
        key
    }

    /// The signature of a string to sign.
    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 32] {
        hmac(&self.0, text)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey(..)")
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes a key of any length, so `new` cannot fail"
)]
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::lower_hex;

    #[test]
    fn the_published_example_key_is_derived() {
        let scope = Scope {
            date: "20120215",
            region: "us-east-1",
            service: "iam",
        };
        let key = SigningKey::derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", scope);
        assert_eq!(
            lower_hex(&key.0),
            *b"f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"
        );
    }

    #[test]
    fn a_key_does_not_print_itself() {
        let scope = Scope {
            date: "20120215",
            region: "us-east-1",
            service: "iam",
        };
        let key = SigningKey::derive("secret", scope);
        assert_eq!(format!("{key:?}"), "SigningKey(..)");
    }
}
