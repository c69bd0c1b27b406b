//! The keys that sign our own tokens.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use zeroize::Zeroizing;

/// How long the claims of a token of ours may be: bytes of their JSON, before they are encoded.
pub const PAYLOAD_LIMIT: usize = 14_984;

const RSA_ID: &str = "RSA_0";
const EC_ID: &str = "EC384_0";

/// How a token of ours is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256.
    Rs256,
    /// ECDSA on P-384.
    Es384,
}

/// The two keys of one account: RSA with 2048 bits, and P-384.
pub struct SigningKeys {
    rsa: RsaKeyPair,
    rsa_pkcs8: Zeroizing<Vec<u8>>,
    p384: EcdsaKeyPair,
    p384_pkcs8: Zeroizing<Vec<u8>>,
}

/// Keys that can't be made or read, or that do not sign. More is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing keys can't be used")]
pub struct SigningKeysError;

impl SigningKeys {
    /// Makes new keys. This takes a while: a tenth of a second, and now and then several.
    pub fn generate() -> Result<Self, SigningKeysError> {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningKeysError)?;
        let rsa_pkcs8: Pkcs8V1Der<'_> = rsa.as_der().map_err(|_| SigningKeysError)?;
        let rsa_pkcs8 = Zeroizing::new(rsa_pkcs8.as_ref().to_vec());
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING)
            .map_err(|_| SigningKeysError)?;
        let p384_pkcs8 = p384.to_pkcs8v1().map_err(|_| SigningKeysError)?;
        let p384_pkcs8 = Zeroizing::new(p384_pkcs8.as_ref().to_vec());
        Ok(Self {
            rsa,
            rsa_pkcs8,
            p384,
            p384_pkcs8,
        })
    }

    /// The keys that were kept as [`SigningKeys::rsa_pkcs8`] and [`SigningKeys::p384_pkcs8`].
    pub fn from_pkcs8(rsa: &[u8], p384: &[u8]) -> Result<Self, SigningKeysError> {
        Ok(Self {
            rsa: RsaKeyPair::from_pkcs8(rsa).map_err(|_| SigningKeysError)?,
            rsa_pkcs8: Zeroizing::new(rsa.to_vec()),
            p384: EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, p384)
                .map_err(|_| SigningKeysError)?,
            p384_pkcs8: Zeroizing::new(p384.to_vec()),
        })
    }

    /// The private RSA key as PKCS #8 in DER, to be sealed and stored.
    #[must_use]
    pub fn rsa_pkcs8(&self) -> &[u8] {
        &self.rsa_pkcs8
    }

    /// The private P-384 key as PKCS #8 in DER, to be sealed and stored.
    #[must_use]
    pub fn p384_pkcs8(&self) -> &[u8] {
        &self.p384_pkcs8
    }

    /// Signs claims, which are a JSON object and go into the token as they are.
    pub fn sign(
        &self,
        algorithm: SigningAlgorithm,
        claims_json: &str,
    ) -> Result<String, SigningKeysError> {
        let (kid, alg) = match algorithm {
            SigningAlgorithm::Rs256 => (RSA_ID, "RS256"),
            SigningAlgorithm::Es384 => (EC_ID, "ES384"),
        };
        // The members in the order in which the service writes them.
        let header = format!(r#"{{"kid":"{kid}","typ":"JWT","alg":"{alg}"}}"#);
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims_json, &mut token);
        let signature = self.signature(algorithm, token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningKeysError> {
        let random = SystemRandom::new();
        match algorithm {
            SigningAlgorithm::Rs256 => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| SigningKeysError)?;
                Ok(signature)
            }
            SigningAlgorithm::Es384 => self
                .p384
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| SigningKeysError),
        }
    }

    /// The public keys as a JSON Web Key Set.
    #[must_use]
    pub fn key_set_json(&self) -> String {
        let rsa = self.rsa.public_key();
        let (n, e) = (rsa.modulus(), rsa.exponent());
        // The point is `4`, x, y; the coordinates have the same length.
        let mut coordinates = self.p384.public_key().as_ref().iter().skip(1).copied();
        let x: Vec<u8> = coordinates.by_ref().take(48).collect();
        let y: Vec<u8> = coordinates.collect();
        let keys = PublishedKeys {
            keys: (
                PublishedRsa {
                    alg: "RS256",
                    e: URL_SAFE_NO_PAD.encode(e.big_endian_without_leading_zero()),
                    kid: RSA_ID,
                    kty: "RSA",
                    n: URL_SAFE_NO_PAD.encode(n.big_endian_without_leading_zero()),
                    r#use: "sig",
                },
                PublishedEc {
                    alg: "ES384",
                    crv: "P-384",
                    kid: EC_ID,
                    kty: "EC",
                    r#use: "sig",
                    x: URL_SAFE_NO_PAD.encode(x),
                    y: URL_SAFE_NO_PAD.encode(y),
                },
            ),
        };
        // Texts always have a JSON form.
        serde_json::to_string(&keys).unwrap_or_default()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKeys(…)")
    }
}

#[derive(Serialize)]
struct PublishedKeys<'a> {
    keys: (PublishedRsa<'a>, PublishedEc<'a>),
}

#[derive(Serialize)]
struct PublishedRsa<'a> {
    alg: &'a str,
    e: String,
    kid: &'a str,
    kty: &'a str,
    n: String,
    r#use: &'a str,
}

#[derive(Serialize)]
struct PublishedEc<'a> {
    alg: &'a str,
    crv: &'a str,
    kid: &'a str,
    kty: &'a str,
    r#use: &'a str,
    x: String,
    y: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::signing_keys;
    use crate::{Expected, KeySet, Unverified};

    const CLAIMS: &str = r#"{"iss":"i","sub":"s","aud":["a","a"],"azp":"a","iat":0,"exp":9}"#;

    fn part(token: &str, position: usize) -> Vec<u8> {
        URL_SAFE_NO_PAD
            .decode(token.split('.').nth(position).unwrap())
            .unwrap()
    }

    #[track_caller]
    fn check(keys: &SigningKeys, algorithm: SigningAlgorithm, header: &str, length: usize) {
        let token = keys.sign(algorithm, CLAIMS).unwrap();
        assert_eq!(part(&token, 0), header.as_bytes());
        assert_eq!(part(&token, 1), CLAIMS.as_bytes());
        assert_eq!(part(&token, 2).len(), length);
        let published = KeySet::parse(&signing_keys().key_set_json()).unwrap();
        let expected = Expected {
            client_ids: &["a"],
            now: 0,
            role_arn: "",
        };
        Unverified::read(&token)
            .unwrap()
            .verify(&published, &expected)
            .unwrap();
    }

    #[test]
    fn tokens_have_the_header_of_the_service_and_verify_with_the_published_keys() {
        let rsa = r#"{"kid":"RSA_0","typ":"JWT","alg":"RS256"}"#;
        let ec = r#"{"kid":"EC384_0","typ":"JWT","alg":"ES384"}"#;
        check(signing_keys(), SigningAlgorithm::Rs256, rsa, 256);
        check(signing_keys(), SigningAlgorithm::Es384, ec, 96);
        let kept = SigningKeys::from_pkcs8(signing_keys().rsa_pkcs8(), signing_keys().p384_pkcs8())
            .unwrap();
        assert_eq!(kept.key_set_json(), signing_keys().key_set_json());
        check(&kept, SigningAlgorithm::Rs256, rsa, 256);
        check(&kept, SigningAlgorithm::Es384, ec, 96);
    }

    #[test]
    fn the_key_set_has_the_members_of_the_service() {
        let set: Value = serde_json::from_str(&signing_keys().key_set_json()).unwrap();
        let [rsa, ec] = set["keys"].as_array().unwrap().as_slice() else {
            panic!("two keys");
        };
        let length = |text: &Value| {
            URL_SAFE_NO_PAD
                .decode(text.as_str().unwrap())
                .unwrap()
                .len()
        };
        assert_eq!(length(&rsa["n"]), 256);
        assert_eq!((length(&ec["x"]), length(&ec["y"])), (48, 48));
        let expected = json!({"alg": "RS256", "e": "AQAB", "kid": "RSA_0", "kty": "RSA",
            "n": rsa["n"], "use": "sig"});
        assert_eq!(*rsa, expected);
        let expected = json!({"alg": "ES384", "crv": "P-384", "kid": "EC384_0", "kty": "EC",
            "use": "sig", "x": ec["x"], "y": ec["y"]});
        assert_eq!(*ec, expected);
    }

    #[test]
    fn keys_do_not_print_and_what_is_no_key_is_refused() {
        assert_eq!(format!("{:?}", signing_keys()), "SigningKeys(…)");
        let (rsa, p384) = (signing_keys().rsa_pkcs8(), signing_keys().p384_pkcs8());
        for (rsa, p384) in [
            (p384, rsa),
            (rsa, &[][..]),
            (&[0; 40][..], p384),
            (rsa, rsa),
        ] {
            let read = SigningKeys::from_pkcs8(rsa, p384);
            assert_eq!(read.err(), Some(SigningKeysError));
        }
    }
}
