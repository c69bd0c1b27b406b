//! Keys and tokens of identity providers that only tests know.
use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{KeySet, SigningKeys};

pub(crate) const NOW: i64 = 1_700_000_000;

/// A key of an identity provider.
pub(crate) enum ProviderKey {
    Rsa(RsaKeyPair),
    Ec(&'static str, EcdsaKeyPair),
}

macro_rules! provider_keys {
    ($($name:ident = $made:expr;)*) => {
        $(pub(crate) fn $name() -> &'static ProviderKey {
            static KEY: LazyLock<ProviderKey> = LazyLock::new(|| $made);
            &KEY
        })*
    };
}

provider_keys! {
    rsa = ProviderKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
    other_rsa = ProviderKey::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
    p256 = ProviderKey::Ec("P-256", EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
    p384 = ProviderKey::Ec("P-384", EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());
    p521 = ProviderKey::Ec("P-521", EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).unwrap());
}

/// The keys that sign our own tokens.
pub(crate) fn signing_keys() -> &'static SigningKeys {
    static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());
    &KEYS
}

impl ProviderKey {
    /// The key as it is published.
    pub(crate) fn published(&self, id: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                let key = pair.public_key();
                let n = key.modulus().big_endian_without_leading_zero().to_vec();
                let e = key.exponent().big_endian_without_leading_zero().to_vec();
                json!({"kid": id, "kty": "RSA", "n": encode(n), "e": encode(e)})
            }
            Self::Ec(curve, pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({"kid": id, "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
            }
        }
    }

    /// A certificate of the key, as `x5c` has it.
    pub(crate) fn certificate(&self) -> String {
        let der: Vec<u8> = match self {
            Self::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
                der.as_ref().to_vec()
            }
            Self::Ec(_, pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
        };
        let pair = rcgen::KeyPair::try_from(der).unwrap();
        let params = rcgen::CertificateParams::new(["id.example.com".to_owned()]).unwrap();
        STANDARD.encode(params.self_signed(&pair).unwrap().der())
    }

    /// A token with this header, which decides the hash, and these claims.
    pub(crate) fn token(&self, header: &Value, claims: &str) -> String {
        let message = format!("{}.{}", encode(header.to_string()), encode(claims));
        let algorithm = header["alg"].as_str().unwrap();
        let signature = self.signature(algorithm, message.as_bytes());
        format!("{message}.{}", encode(signature))
    }

    fn signature(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let padding: &dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    "RS256" => &RSA_PKCS1_SHA256,
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    "PS256" => &RSA_PSS_SHA256,
                    other => panic!("no RSA key signs with {other}"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Self::Ec(_, pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
        }
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(&json!({"keys": keys}).to_string()).unwrap()
}

/// Claims that are accepted at [`NOW`], with some changed; `null` takes one away.
pub(crate) fn claims(changes: Value) -> Value {
    let mut claims = json!({"iss": "https://id.example.com", "sub": "build", "aud": "keyward",
        "iat": NOW, "exp": NOW + 60});
    let members = claims.as_object_mut().unwrap();
    let Value::Object(changes) = changes else {
        panic!("changes are an object");
    };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    claims
}
