//! Web identity tokens and key sets: never a panic whatever comes; a token is accepted only if a key of
//! the set signed exactly it; of a token that is signed the claims alone decide; and a key set verifies a
//! token only if it has the numbers of the key that signed it.
//!
//! The first byte of an input says what the rest is: `t` a token, `p` the header, claims and signature of
//! one in a line each, `m` changes of one that is signed, `s` claims to be signed, `k` a key set.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use keyward_fuzz::{der, mangled};
use keyward_web_identity::{
    Expected, KeySet, SigningAlgorithm, SigningKeys, TokenError, Unverified, WebIdentity,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const NOW: i64 = 1_700_000_000;
const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Rs256, SigningAlgorithm::Es384];
const CLAIMS: &str = r#"{"iss":"https://id.example.com","sub":"build","aud":"keyward","iat":1700000000,"exp":1700000300,"group":["a","b"]}"#;
const EXPECTED: Expected<'static> = Expected {
    client_ids: &["keyward", "other"],
    now: NOW,
    role_arn: "arn:aws:iam::123456789012:role/build",
};

/// How key sets have their numbers: padded or not.
const NUMBERS: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

struct Known {
    keys: SigningKeys,
    published: KeySet,
    /// The numbers of both keys: `n` and `e`, `x` and `y`.
    numbers: [[Vec<u8>; 2]; 2],
    /// Other keys with the same ids.
    others: KeySet,
    /// A token by each key, and what it says.
    tokens: [String; 2],
    identity: WebIdentity,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let rsa = der(include_str!("../../crates/saml/tests/fixtures/rsa.key"));
    let p384 = der(include_str!("../../crates/saml/tests/fixtures/p384.key"));
    let keys = SigningKeys::from_pkcs8(&rsa, &p384).expect("the keys can be read");
    let others = SigningKeys::generate().expect("keys can be made");
    let read = |keys: &SigningKeys| KeySet::parse(&keys.key_set_json()).expect("it is a key set");
    let published = read(&keys);
    let json: Value = serde_json::from_str(&keys.key_set_json()).expect("it is JSON");
    let numbers = [("n", "e"), ("x", "y")];
    let mut keys_of_set = json["keys"].as_array().expect("it has keys").iter();
    let numbers = numbers.map(|(one, other)| {
        let key = keys_of_set.next().expect("it has two");
        [number(&key[one]), number(&key[other])]
    });
    let tokens = ALGORITHMS.map(|algorithm| keys.sign(algorithm, CLAIMS).expect("it is signed"));
    let identity = judge(&tokens[0], &published).expect("the token is good");
    Known {
        published,
        numbers,
        others: read(&others),
        tokens,
        identity,
        keys,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind {
        b't' => check_forged(&String::from_utf8_lossy(rest)),
        b'p' => {
            let mut parts = rest.splitn(3, |byte| *byte == b'\n');
            let [header, claims, signature] =
                [(); 3].map(|()| URL_SAFE_NO_PAD.encode(parts.next().unwrap_or_default()));
            check_forged(&format!("{header}.{claims}.{signature}"));
        }
        b'm' => check_mangled(rest),
        b's' => check_signed(&String::from_utf8_lossy(rest)),
        b'k' => check_key_set(&String::from_utf8_lossy(rest)),
        _ => {}
    }
});

fn judge(token: &str, keys: &KeySet) -> Result<WebIdentity, TokenError> {
    Unverified::read(token)?.verify(keys, &EXPECTED)
}

/// A token that nobody signed, unless it is one that was.
fn check_forged(token: &str) {
    assert!(judge(token, &KNOWN.others).is_err());
    match judge(token, &KNOWN.published) {
        Ok(identity) => {
            let message = token.rsplit_once('.').map(|(message, _)| message);
            let mut signed = KNOWN.tokens.iter();
            assert!(signed.any(|signed| signed.rsplit_once('.').map(|parts| parts.0) == message));
            assert_eq!(identity, KNOWN.identity);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Changes of the bytes in one part of a token. The first byte says which token and which part.
fn check_mangled(edits: &[u8]) {
    let Some((which, edits)) = edits.split_first() else {
        return;
    };
    let token = &KNOWN.tokens[usize::from(which % 2)];
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let part = &mut parts[usize::from(which / 2 % 3)];
    if which / 6 % 2 == 0 {
        let bytes = URL_SAFE_NO_PAD.decode(&*part).expect("it is base64");
        *part = URL_SAFE_NO_PAD.encode(mangled(&bytes, edits));
    } else {
        *part = String::from_utf8_lossy(&mangled(part.as_bytes(), edits)).into_owned();
    }
    check_forged(&parts.join("."));
}

/// A token that is signed, whatever it claims.
fn check_signed(claims: &str) {
    let token = KNOWN.keys.sign(SigningAlgorithm::Rs256, claims);
    let token = token.expect("every text can be signed");
    assert!(judge(&token, &KNOWN.others).is_err());
    let Ok(identity) = judge(&token, &KNOWN.published) else {
        return;
    };
    let claims: Value = serde_json::from_str(claims).expect("it was read");
    let is_text = |claim: &str, text: &str| claims[claim].as_str() == Some(text);
    let is_subject = is_text("sub", &identity.subject);
    assert!(is_subject || claims["sub"].to_string() == identity.subject);
    assert!(is_text("iss", &identity.issuer));
    assert!(EXPECTED.client_ids.contains(&&*identity.audience));
    match claims.get("azp") {
        Some(_) => assert!(is_text("azp", &identity.audience)),
        None => {
            let only = claims["aud"].as_array().map(|all| all.as_slice());
            let is_only = only.is_some_and(|all| *all == [Value::from(&*identity.audience)]);
            assert!(is_only || is_text("aud", &identity.audience));
        }
    }
    let time = |claim: &str| {
        let digits = claims[claim].as_str().and_then(|text| text.parse().ok());
        claims[claim].as_i64().or(digits)
    };
    // Clocks may differ by five minutes.
    assert!(time("exp").is_some_and(|time: i64| time > NOW - 300));
    assert!(time("iat").is_some_and(|time| time <= NOW + 300));
    assert!(claims.get("nbf").is_none() || time("nbf").is_some_and(|time| time <= NOW + 300));
    for name in identity.claims.keys() {
        assert!(claims.get(name).is_some(), "{name}");
    }
}

fn check_key_set(json: &str) {
    let Ok(set) = KeySet::parse(json) else {
        return;
    };
    let published: Value = serde_json::from_str(json).expect("it was read");
    let published = published["keys"].as_array().expect("it has keys");
    for ((token, numbers), members) in KNOWN
        .tokens
        .iter()
        .zip(&KNOWN.numbers)
        .zip([["n", "e"], ["x", "y"]])
    {
        if judge(token, &set).is_ok() {
            let mut keys = published.iter();
            let has = |key: &Value| members.map(|member| number(&key[member])) == *numbers;
            assert!(keys.any(has), "verified without the key: {json}");
        }
    }
}

/// A number without leading zeros.
fn number(value: &Value) -> Vec<u8> {
    let bytes = NUMBERS.decode(value.as_str().unwrap_or_default());
    let bytes = bytes.unwrap_or_default();
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}
