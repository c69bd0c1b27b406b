//! Web identity tokens and the key sets of their issuers: never a panic whatever comes, and a token is
//! accepted only as it was signed.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use keyward_web_identity::{Expected, KeySet, SigningAlgorithm, SigningKeys, Unverified};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());
static PUBLISHED: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::parse(&KEYS.key_set_json()).unwrap());

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    /// A whole token, and a key set.
    token: &'a str,
    key_set: &'a str,
    /// The payload of one that is signed.
    claims: &'a str,
    is_rsa: bool,
    /// What becomes of that: this byte at this place.
    place: u16,
    byte: u8,
    now: u32,
}

fuzz_target!(|input: Input<'_>| {
    let expected = Expected {
        client_ids: &["keyward", ""],
        now: input.now.into(),
        role_arn: "arn:aws:iam::123456789012:role/build",
    };
    if let Ok(keys) = KeySet::parse(input.key_set) {
        let _ = Unverified::read(input.token).and_then(|read| read.verify(&keys, &expected));
    }
    let of_nobody = Unverified::read(input.token).and_then(|read| read.verify(&PUBLISHED, &expected));
    assert!(of_nobody.is_err(), "nobody signed it");

    let algorithm = if input.is_rsa {
        SigningAlgorithm::Rs256
    } else {
        SigningAlgorithm::Es384
    };
    let Ok(token) = KEYS.sign(algorithm, input.claims) else {
        return;
    };
    let right = Unverified::read(&token).and_then(|read| read.verify(&PUBLISHED, &expected));
    let mut changed = token.clone().into_bytes();
    let place = usize::from(input.place) % changed.len();
    changed[place] = input.byte;
    let Ok(changed) = String::from_utf8(changed) else {
        return;
    };
    let judged = Unverified::read(&changed).and_then(|read| read.verify(&PUBLISHED, &expected));
    if changed == token {
        assert_eq!(judged.is_ok(), right.is_ok());
    } else {
        assert!(judged.is_err(), "{changed} is not {token}");
    }
});
