//! The certificate that a published key may carry: it must be of the same key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{self, Decode as _, Reader as _, SliceReader};

use crate::public_key::{PublicKey, without_leading_zeros};

/// `rsaEncryption`, of PKCS#1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey`, of RFC 5480.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Whether the first certificate of `x5c` is of this key. Who signed it and for how long it is
/// valid does not matter: the key is trusted because the provider publishes it.
pub(crate) fn certifies(chain: &Value, key: &PublicKey) -> bool {
    let first = chain
        .as_array()
        .and_then(|chain| chain.first())
        .and_then(Value::as_str);
    let Some(Ok(first)) = first.map(|text| STANDARD.decode(text)) else {
        return false;
    };
    // Whether the rest is as RFC 5280 wants it does not matter either.
    let Ok(certificate) = CertificateInner::<Raw>::from_der(&first) else {
        return false;
    };
    let certified = &certificate.tbs_certificate.subject_public_key_info;
    let Some(bits) = certified.subject_public_key.as_bytes() else {
        return false;
    };
    match key {
        PublicKey::Rsa { modulus, exponent } => {
            certified.algorithm.oid == RSA
                && rsa_numbers(bits).is_ok_and(|numbers| {
                    numbers == [modulus, exponent].map(|number| without_leading_zeros(number))
                })
        }
        // The curve need not be compared: points of the three curves differ in length.
        PublicKey::Ec { point, .. } => certified.algorithm.oid == EC && bits == &**point,
    }
}

/// The modulus and the exponent of an RSA key in PKCS#1, without leading zeros.
fn rsa_numbers(key: &[u8]) -> der::Result<[&[u8]; 2]> {
    SliceReader::new(key)?.sequence(|reader| {
        let (modulus, exponent): (UintRef<'_>, UintRef<'_>) = (reader.decode()?, reader.decode()?);
        Ok([modulus.as_bytes(), exponent.as_bytes()])
    })
}
