//! Private keys that a provider keeps, to decrypt assertions with.

use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use keyward_names::Secret;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use x509_parser::asn1_rs::{FromDer as _, Integer, OctetString, Sequence};
use x509_parser::num_bigint::BigUint;

/// A PEM text that holds a private key: RSA of 1024 bits or more in PKCS#1 or PKCS#8, or EC on
/// P-256, P-384 or P-521 in SEC 1 or PKCS#8.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Secret);

/// A text that is not such a key, in the words of the service's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid private key.")]
pub struct PrivateKeyError;

impl PrivateKey {
    /// Checks a PEM text. A key that needs a password is refused, and so is one whose numbers do
    /// not belong together.
    pub fn parse(pem: &str) -> Result<Self, PrivateKeyError> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| PrivateKeyError)?;
        let is_usable = match &der {
            PrivateKeyDer::Pkcs1(key) => is_rsa(key.secret_pkcs1_der()),
            PrivateKeyDer::Sec1(key) => is_ec(key.secret_sec1_der()),
            PrivateKeyDer::Pkcs8(key) => is_pkcs8(key.secret_pkcs8_der()),
            _ => false,
        };
        if is_usable {
            return Ok(Self(Secret::new(pem)));
        }
        Err(PrivateKeyError)
    }

    /// The text that was given.
    #[must_use]
    pub const fn pem(&self) -> &Secret {
        &self.0
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("…")
    }
}

fn is_pkcs8(der: &[u8]) -> bool {
    is_ec(der) || KeyPair::from_pkcs8(der).is_ok() || inner_key(der).is_some_and(is_short_rsa)
}

fn is_ec(der: &[u8]) -> bool {
    [
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &ECDSA_P384_SHA384_FIXED_SIGNING,
        &ECDSA_P521_SHA512_FIXED_SIGNING,
    ]
    .into_iter()
    .any(|curve| EcdsaKeyPair::from_private_key_der(curve, der).is_ok())
}

fn is_rsa(der: &[u8]) -> bool {
    KeyPair::from_der(der).is_ok() || is_short_rsa(der)
}

/// The key inside a PKCS#8 envelope: version, algorithm, and the key as bytes.
fn inner_key(der: &[u8]) -> Option<&[u8]> {
    let (_, envelope) = Sequence::from_der(der).ok()?;
    let content = borrowed(envelope)?;
    let (rest, _version) = Integer::from_der(content).ok()?;
    let (rest, _algorithm) = Sequence::from_der(rest).ok()?;
    let (_, key) = OctetString::from_der(rest).ok()?;
    match key.into_cow() {
        std::borrow::Cow::Borrowed(key) => Some(key),
        std::borrow::Cow::Owned(_) => None,
    }
}

/// Whether it is an RSA key of 1024 to 2047 bits, which the library does not take and the service
/// does. The numbers must fit each other.
fn is_short_rsa(der: &[u8]) -> bool {
    let Some([_, modulus, public, private, first, second]) = rsa_numbers(der) else {
        return false;
    };
    let one = BigUint::from(1_u8);
    let both = &public * &private;
    let fits = |prime: &BigUint| *prime > one && &both % (prime - &one) == one;
    (1024..2048).contains(&modulus.bits())
        && &first * &second == modulus
        && fits(&first)
        && fits(&second)
}

/// The first six numbers of a PKCS#1 key: version, modulus, both exponents, both primes.
fn rsa_numbers(der: &[u8]) -> Option<[BigUint; 6]> {
    let (_, sequence) = Sequence::from_der(der).ok()?;
    let mut rest = borrowed(sequence)?;
    let mut numbers = Vec::new();
    for _ in 0..6 {
        let (after, number) = Integer::from_der(rest).ok()?;
        let bytes = number.as_ref();
        // None is negative.
        bytes.first().filter(|first| **first < 0x80)?;
        numbers.push(BigUint::from_bytes_be(bytes));
        rest = after;
    }
    numbers.try_into().ok()
}

fn borrowed(sequence: Sequence<'_>) -> Option<&[u8]> {
    match sequence.content {
        std::borrow::Cow::Borrowed(content) => Some(content),
        std::borrow::Cow::Owned(_) => None,
    }
}
