use serde_json::{Value, json};

use super::*;
use crate::testing::{ProviderKey, claims, encode, key_set, other_rsa, p256, p384, rsa};
use crate::{Expected, Unverified, testing::NOW};

/// Verifies a good token of a key, with this header, against published keys.
fn verify(set: &KeySet, key: &ProviderKey, header: Value) -> Result<(), TokenError> {
    let token = key.token(&header, &claims(json!({})).to_string());
    let expected = Expected {
        client_ids: &["keyward"],
        now: NOW,
        role_arn: "",
    };
    let unverified = Unverified::read(&token).unwrap();
    unverified.verify(set, &expected).map(drop)
}

#[track_caller]
fn check(keys: &[Value], header: Value, outcome: Result<(), TokenError>) {
    let found = verify(&key_set(keys), rsa(), header);
    assert_eq!(found, outcome, "{keys:?}");
}

fn with(mut published: Value, member: &str, value: Value) -> Value {
    published[member] = value;
    published
}

#[test]
fn the_key_is_chosen_by_its_id() {
    let keys = [other_rsa().published("a"), rsa().published("b")];
    let none = Err(TokenError::NoVerificationKey);
    check(&keys, json!({"alg": "RS256", "kid": "b"}), Ok(()));
    let wrong = Err(TokenError::NotValidated);
    check(&keys, json!({"alg": "RS256", "kid": "a"}), wrong);
    check(&keys, json!({"alg": "RS256", "kid": "c"}), none.clone());
    check(&keys, json!({"alg": "RS256", "kid": "B"}), none.clone());
    check(&keys, json!({"alg": "RS256", "kid": ""}), none.clone());
    check(&keys, json!({"alg": "RS256"}), none.clone());
    check(&[], json!({"alg": "RS256", "kid": "b"}), none.clone());
    check(&[], json!({"alg": "RS256"}), none);
}

#[test]
fn a_token_without_key_id_needs_exactly_one_usable_key_with_an_id() {
    let header = || json!({"alg": "RS256"});
    let key = || rsa().published("a");
    let none = || Err(TokenError::NoVerificationKey);
    check(&[key()], header(), Ok(()));
    // Keys that can't be used do not count.
    let unnamed = with(other_rsa().published("b"), "kid", Value::Null);
    let encrypting = with(other_rsa().published("b"), "use", json!("enc"));
    let restricted = with(other_rsa().published("b"), "key_ops", json!(["verify"]));
    for other in [unnamed, encrypting, restricted.clone()] {
        check(&[key(), other.clone()], header(), Ok(()));
        check(&[other], header(), none());
    }
    // Keys of another kind do.
    check(&[key(), p256().published("b")], header(), none());
    check(&[with(key(), "kid", json!(""))], header(), none());
}

#[test]
fn of_two_keys_with_one_id_the_later_is_used() {
    let (right, wrong) = (rsa().published("a"), other_rsa().published("a"));
    let header = || json!({"alg": "RS256", "kid": "a"});
    check(&[wrong.clone(), right.clone()], header(), Ok(()));
    check(&[right, wrong], header(), Err(TokenError::NotValidated));
    check(
        &[rsa().published("a"), p256().published("a")],
        header(),
        Err(TokenError::NotValidated),
    );
}

#[test]
fn keys_that_are_not_for_checking_are_not_used() {
    let header = || json!({"alg": "RS256", "kid": "a"});
    let key = |member: &str, value| [with(rsa().published("a"), member, value)];
    let none = Err(TokenError::NoVerificationKey);
    check(&key("use", json!("enc")), header(), none.clone());
    check(&key("use", json!("sig")), header(), Ok(()));
    for operations in [json!(["verify"]), json!(["sign"]), json!([])] {
        let outcome = Err(TokenError::NotValidated);
        check(&key("key_ops", operations), header(), outcome);
    }
    for (member, value) in [
        ("kid", json!(7)),
        ("kty", json!("oct")),
        ("kty", json!("OKP")),
        ("n", json!("")),
        ("n", json!("AA")),
        ("n", json!("*")),
        ("n", json!(3)),
        ("e", Value::Null),
    ] {
        check(&key(member, value), header(), none.clone());
    }
}

#[test]
fn the_algorithm_of_the_header_decides_and_not_that_of_the_key() {
    let keys = [with(rsa().published("a"), "alg", json!("RS256"))];
    check(&keys, json!({"alg": "RS512", "kid": "a"}), Ok(()));
    let keys = [with(rsa().published("a"), "alg", json!("HS256"))];
    check(&keys, json!({"alg": "RS256", "kid": "a"}), Ok(()));
}

#[test]
fn a_certificate_must_be_of_the_same_key() {
    for (key, alg) in [(rsa(), "RS256"), (p256(), "ES256"), (p384(), "ES384")] {
        let header = || json!({"alg": alg, "kid": "a"});
        let certified = |chain| key_set(&[with(key.published("a"), "x5c", chain)]);
        let own = key.certificate();
        let good = certified(json!([own, other_rsa().certificate()]));
        assert_eq!(verify(&good, key, header()), Ok(()), "{alg}");
        for chain in [
            json!([other_rsa().certificate()]),
            json!([other_rsa().certificate(), own]),
            json!([encode(own)]),
            json!(["AAAA"]),
            json!([]),
            json!("x"),
            Value::Null,
        ] {
            let found = verify(&certified(chain.clone()), key, header());
            assert_eq!(found, Err(TokenError::NoVerificationKey), "{alg} {chain}");
        }
    }
    // A key that is only in its certificate has no numbers.
    let only = json!({"kid": "a", "kty": "RSA", "x5c": [rsa().certificate()]});
    let none = Err(TokenError::NoVerificationKey);
    check(&[only], json!({"alg": "RS256", "kid": "a"}), none);
}

#[test]
fn more_than_a_hundred_rsa_keys_are_none() {
    let published = |count: usize| -> KeySet {
        let mut keys: Vec<Value> = (1..count)
            .map(|number| other_rsa().published(&number.to_string()))
            .collect();
        keys.push(rsa().published("a"));
        keys.push(p256().published("b"));
        key_set(&keys)
    };
    let header = || json!({"alg": "RS256", "kid": "a"});
    assert_eq!(verify(&published(100), rsa(), header()), Ok(()));
    let set = published(101);
    let none = Err(TokenError::NoVerificationKey);
    assert_eq!(verify(&set, rsa(), header()), none);
    let header = json!({"alg": "ES256", "kid": "b"});
    assert_eq!(verify(&set, p256(), header), Ok(()));
}

#[test]
fn numbers_are_read_with_padding_and_zeros() {
    let published = rsa().published("a");
    let bytes = BASE64.decode(published["n"].as_str().unwrap()).unwrap();
    let mut padded = vec![0, 0];
    padded.extend(bytes);
    let exponent = format!("{}==", published["e"].as_str().unwrap());
    assert_eq!(exponent, "AQAB==");
    let keys = [
        with(rsa().published("a"), "n", json!(encode(padded))),
        with(rsa().published("b"), "e", json!("AAEAAQ==")),
    ];
    check(&keys, json!({"alg": "RS256", "kid": "a"}), Ok(()));
    check(&keys, json!({"alg": "RS256", "kid": "b"}), Ok(()));
}

#[test]
fn a_point_that_is_not_on_the_curve_checks_nothing() {
    let header = || json!({"alg": "ES256", "kid": "a"});
    let key = |member: &str, value: String| {
        let published = with(p256().published("a"), member, json!(value));
        verify(&key_set(&[published]), p256(), header())
    };
    let wrong = Err(TokenError::NotValidated);
    assert_eq!(key("x", encode([7])), wrong);
    assert_eq!(key("crv", "P-384".into()), wrong);
    let none = Err(TokenError::NoVerificationKey);
    assert_eq!(key("x", encode([7; 33])), none);
    assert_eq!(key("crv", "secp256k1".into()), none);
}

#[test]
fn what_is_no_key_set_is_refused() {
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]"#, "null"] {
        assert_eq!(KeySet::parse(text).err(), Some(KeySetError::Form), "{text}");
    }
    let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(262_144));
    assert_eq!(KeySet::parse(&long).err(), Some(KeySetError::TooLong));
    let odd = KeySet::parse(r#"{"keys":[1,null,"x",[],{}],"keys":[{}]}"#).unwrap();
    assert!(odd.keys.is_empty());
}
