//! Private keys that a provider keeps, to decrypt assertions with.

use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use keyward_names::Secret;
use num_bigint::BigUint;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::der::asn1::{AnyRef, OctetStringRef, UintRef};
use x509_cert::der::{self, NestedReader, Reader as _, SliceReader};

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
    let key = begun_sequence(der, |reader| {
        let (_version, _algorithm): (UintRef<'_>, AnyRef<'_>) =
            (reader.decode()?, reader.decode()?);
        reader.decode::<OctetStringRef<'_>>()
    });
    Some(key.ok()?.as_bytes())
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
    let numbers = begun_sequence(der, |reader| {
        let mut numbers = Vec::with_capacity(6);
        for _ in 0..6 {
            let number: UintRef<'_> = reader.decode()?;
            numbers.push(BigUint::from_bytes_be(number.as_bytes()));
        }
        Ok(numbers)
    });
    numbers.ok()?.try_into().ok()
}

/// Reads a sequence of which the rest, after what `read` takes, does not matter.
fn begun_sequence<'a, T>(
    der: &'a [u8],
    read: impl FnOnce(&mut NestedReader<'_, SliceReader<'a>>) -> der::Result<T>,
) -> der::Result<T> {
    SliceReader::new(der)?.sequence(|reader| {
        let found = read(reader)?;
        let rest = reader.remaining_len();
        reader.read_slice(rest)?;
        Ok(found)
    })
}
