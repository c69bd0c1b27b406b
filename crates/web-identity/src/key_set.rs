//! The keys that an identity provider publishes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use crate::TokenError;
use crate::algorithm::{Algorithm, Curve};
use crate::certificate::certifies;
use crate::public_key::{PublicKey, without_leading_zeros};

/// How long a key set may be, in bytes.
const LONGEST: usize = 262_144;

/// How many keys of one kind may be published. With more, no token of that kind is taken.
const MOST_OF_A_KIND: usize = 100;

/// Published numbers are read as they are found, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A provider's keys, as far as they can be used.
#[derive(Debug, Clone)]
pub struct KeySet {
    // INVARIANT: no key id is empty; upheld by `parse`.
    keys: BTreeMap<String, Key>,
    rsa_keys: usize,
    ec_keys: usize,
}

#[derive(Debug, Clone)]
struct Key {
    public: PublicKey,
    /// A key with `key_ops` is found but checks nothing, not even with `["verify"]` [obs].
    has_operations: bool,
}

/// A key set that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// More than 256 KiB.
    #[error("the key set is too long")]
    TooLong,
    /// Not a JSON object with a list `keys`.
    #[error("the key set is not a JSON object with a list of keys")]
    Form,
}

impl KeySet {
    /// Reads a JSON Web Key Set. A key that can't be used is passed over: one without an id, for
    /// encryption, of another kind or curve, without its numbers, or with a certificate of another
    /// key. Of two keys with the same id the later is used.
    pub fn parse(json: &str) -> Result<Self, KeySetError> {
        if json.len() > LONGEST {
            return Err(KeySetError::TooLong);
        }
        let Ok(Value::Object(members)) = serde_json::from_str(json) else {
            return Err(KeySetError::Form);
        };
        let Some(Value::Array(published)) = members.get("keys") else {
            return Err(KeySetError::Form);
        };
        let mut set = Self {
            keys: BTreeMap::new(),
            rsa_keys: 0,
            ec_keys: 0,
        };
        for key in published {
            if let Value::Object(key) = key {
                set.take(key);
            }
        }
        Ok(set)
    }

    /// Counts a published key, and keeps it where it can be used.
    fn take(&mut self, published: &Map<String, Value>) {
        // Keys that can't be used are counted too. (unsure)
        match text(published, "kty") {
            Some("RSA") => self.rsa_keys += 1,
            Some("EC") => self.ec_keys += 1,
            _ => return,
        }
        let id = text(published, "kid").filter(|id| !id.is_empty());
        // A key for encryption does not take the place of one with the same id. (unsure)
        let is_for_encryption = text(published, "use") == Some("enc");
        let (Some(id), false, Some(public)) = (id, is_for_encryption, public_key(published)) else {
            return;
        };
        let is_certified = published
            .get("x5c")
            .is_none_or(|chain| certifies(chain, &public));
        if is_certified {
            let has_operations = published.contains_key("key_ops");
            let key = Key {
                public,
                has_operations,
            };
            self.keys.insert(id.to_owned(), key);
        }
    }

    /// Checks the signature of a token with the key that its header names.
    pub(crate) fn check(
        &self,
        key_id: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        let published = match algorithm {
            Algorithm::Rsa(_) => self.rsa_keys,
            Algorithm::Ecdsa(_) => self.ec_keys,
        };
        // Seen for RSA keys, documented for both kinds. (unsure) which words the service has for it.
        if published > MOST_OF_A_KIND {
            return Err(TokenError::NoVerificationKey);
        }
        let key = self.find(key_id).ok_or(TokenError::NoVerificationKey)?;
        if !key.has_operations && key.public.verifies(algorithm, message, signature) {
            Ok(())
        } else {
            Err(TokenError::NotValidated)
        }
    }

    /// The key with an id. Without an id it is the only one that can be used.
    fn find(&self, id: Option<&str>) -> Option<&Key> {
        match id {
            Some(id) => self.keys.get(id),
            None => {
                let mut usable = self.keys.values().filter(|key| !key.has_operations);
                usable.next().filter(|_| usable.next().is_none())
            }
        }
    }
}

/// The numbers of a published key. A key that has only a certificate has none [obs].
fn public_key(published: &Map<String, Value>) -> Option<PublicKey> {
    match text(published, "kty")? {
        "RSA" => {
            let modulus = number(published, "n")?;
            let exponent = number(published, "e")?;
            Some(PublicKey::Rsa { modulus, exponent })
        }
        "EC" => {
            let curve = Curve::parse(text(published, "crv")?)?;
            let mut point = vec![4];
            for coordinate in ["x", "y"] {
                let number = number(published, coordinate)?;
                let zeros = curve.coordinate_length().checked_sub(number.len())?;
                point.resize(point.len() + zeros, 0);
                point.extend(number);
            }
            Some(PublicKey::Ec { curve, point })
        }
        _ => None,
    }
}

fn text<'a>(published: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    published.get(member).and_then(Value::as_str)
}

/// A positive number in base64, without leading zeros.
fn number(published: &Map<String, Value>, member: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text(published, member)?).ok()?;
    let bytes = without_leading_zeros(&bytes);
    (!bytes.is_empty()).then(|| bytes.to_vec())
}

#[cfg(test)]
mod tests;
