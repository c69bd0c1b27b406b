//! Web identity tokens and the key sets of their issuers: never a panic whatever comes, and a token is
//! accepted only as it was signed.

#![no_main]

use std::sync::LazyLock;

use keyward_web_identity::{
    Expected, KeySet, SigningAlgorithm, SigningKeys, TokenError, Unverified, WebIdentity,
};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());
static PUBLISHED: LazyLock<KeySet> = LazyLock::new(|| KeySet::parse(&KEYS.key_set_json()).unwrap());

fuzz_target!(|input: &[u8]| {
    // What the rest is, and for a payload what becomes of the token: another byte at a place.
    let &[kind, byte, high, low, ref text @ ..] = input else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    match kind % 3 {
        0 => key_set(text),
        1 => token(text),
        _ => signed(text, usize::from(u16::from_be_bytes([high, low])), byte),
    }
});

/// As a role of `keyward` or of nobody expects it, in the time of the seeds.
fn judge(token: &str, keys: &KeySet) -> Result<WebIdentity, TokenError> {
    let expected = Expected {
        client_ids: &["keyward", ""],
        now: 1_700_000_010,
        role_arn: "arn:aws:iam::123456789012:role/build",
    };
    Unverified::read(token).and_then(|read| read.verify(keys, &expected))
}

/// A token of ours under the keys of a stranger.
fn key_set(text: &str) {
    static TOKEN: LazyLock<String> = LazyLock::new(|| {
        let claims = r#"{"iss":"https://id.example.com","sub":"build","aud":"keyward","iat":1700000000,"exp":1700000300}"#;
        KEYS.sign(SigningAlgorithm::Es384, claims).unwrap()
    });
    if let Ok(keys) = KeySet::parse(text) {
        assert!(judge(&TOKEN, &keys).is_err(), "another's keys signed it");
    }
}

/// A token of a stranger under our keys.
fn token(text: &str) {
    assert!(judge(text, &PUBLISHED).is_err(), "nobody signed it");
}

/// A payload that was signed, and the token with one byte changed.
fn signed(claims: &str, place: usize, byte: u8) {
    let Ok(token) = KEYS.sign(SigningAlgorithm::Es384, claims) else {
        return;
    };
    let right = judge(&token, &PUBLISHED);
    let mut changed = token.clone().into_bytes();
    let place = place % changed.len();
    changed[place] = byte;
    let Ok(changed) = String::from_utf8(changed) else {
        return;
    };
    if changed == token {
        assert_eq!(judge(&changed, &PUBLISHED), right);
    } else {
        assert!(
            judge(&changed, &PUBLISHED).is_err(),
            "{changed} is not {token}"
        );
    }
}
