//! The certificate that a published key may carry: it must be of the same key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as Certified;

use crate::public_key::{PublicKey, without_leading_zeros};

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
    let Ok((_, certificate)) = X509Certificate::from_der(&first) else {
        return false;
    };
    match (certificate.public_key().parsed(), key) {
        (Ok(Certified::RSA(certified)), PublicKey::Rsa { modulus, exponent }) => {
            without_leading_zeros(certified.modulus) == modulus
                && without_leading_zeros(certified.exponent) == exponent
        }
        // The curve need not be compared: points of the three curves differ in length.
        (Ok(Certified::EC(certified)), PublicKey::Ec { point, .. }) => certified.data() == point,
        _ => false,
    }
}
