//! A public key in the form that checks signatures.

use aws_lc_rs::signature::{RsaPublicKeyComponents, UnparsedPublicKey};

use crate::algorithm::{Algorithm, Curve};

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Both numbers without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The point as `4`, x, y.
    Ec { curve: Curve, point: Vec<u8> },
}

impl PublicKey {
    /// Whether the key is of the kind that the algorithm needs, and made the signature.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Rsa { modulus, exponent }, Algorithm::Rsa(hash)) => {
                let key = RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                };
                key.verify(hash.parameters(), message, signature).is_ok()
            }
            (Self::Ec { curve, point }, Algorithm::Ecdsa(asked)) => {
                *curve == asked
                    && UnparsedPublicKey::new(curve.verification(), point)
                        .verify(message, signature)
                        .is_ok()
            }
            (Self::Rsa { .. }, Algorithm::Ecdsa(_)) | (Self::Ec { .. }, Algorithm::Rsa(_)) => false,
        }
    }
}

/// A number as keys and certificates compare.
pub(crate) fn without_leading_zeros(mut bytes: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}
