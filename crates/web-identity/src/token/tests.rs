use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::testing::{
    NOW, ProviderKey, claims, encode, key_set, other_rsa, p256, p384, p521, rsa, signing_keys,
};
use crate::{SigningAlgorithm, TokenErrorKind};

const EXPECTED: Expected<'_> = Expected {
    client_ids: &["keyward"],
    now: NOW,
    role_arn: "arn:aws:iam::123456789012:role/build",
};

/// The provider's keys, each under the name of its kind.
fn published() -> KeySet {
    key_set(&[
        rsa().published("rsa"),
        p256().published("p256"),
        p384().published("p384"),
        p521().published("p521"),
    ])
}

fn verify(token: &str) -> Result<WebIdentity, TokenError> {
    Unverified::read(token)?.verify(&published(), &EXPECTED)
}

fn good_claims() -> String {
    claims(json!({})).to_string()
}

fn header(alg: &str, kid: &str) -> Value {
    json!({"typ": "JWT", "alg": alg, "kid": kid})
}

#[track_caller]
fn refused(token: &str, error: TokenError) {
    assert_eq!(verify(token), Err(error), "{token}");
}

#[track_caller]
fn check(key: &ProviderKey, alg: &str, kid: &str, is_right: bool) {
    let token = key.token(&header(alg, kid), &good_claims());
    let outcome = verify(&token).map(|identity| identity.subject);
    let right = if is_right {
        Ok("build".to_owned())
    } else {
        Err(TokenError::NotValidated)
    };
    assert_eq!(outcome, right, "{alg} {kid}");
}

#[test]
fn the_six_algorithms_are_taken_with_the_keys_that_fit_them() {
    for alg in ["RS256", "RS384", "RS512"] {
        check(rsa(), alg, "rsa", true);
        check(other_rsa(), alg, "rsa", false);
        for kid in ["p256", "p384", "p521"] {
            check(rsa(), alg, kid, false);
        }
    }
    let keys = [("p256", p256()), ("p384", p384()), ("p521", p521())];
    for (alg, fits) in [("ES256", "p256"), ("ES384", "p384"), ("ES512", "p521")] {
        for (kid, key) in keys {
            check(key, alg, kid, kid == fits);
        }
        check(keys[0].1, alg, "rsa", false);
    }
}

#[test]
fn other_algorithms_are_refused() {
    let message = |alg: &str| {
        let header = json!({"alg": alg, "kid": "rsa"}).to_string();
        format!("{}.{}", encode(header), encode(good_claims()))
    };
    for alg in [
        "none", "None", "NONE", "EdDSA", "ES256K", "rs256", "RS256 ", "",
    ] {
        refused(&format!("{}.", message(alg)), TokenError::NotValidated);
        refused(&format!("{}.AAAA", message(alg)), TokenError::NotValidated);
    }
    let token = rsa().token(&header("PS256", "rsa"), &good_claims());
    refused(&token, TokenError::NotValidated);
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let key = rsa().published("rsa");
    let modulus = key["n"].as_str().unwrap();
    let certificate = rsa().certificate();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    for alg in ["HS256", "HS384", "HS512"] {
        for secret in [modulus, &certificate, &pem, &key.to_string(), ""] {
            let message = format!(
                "{}.{}",
                encode(header(alg, "rsa").to_string()),
                encode(good_claims())
            );
            let algorithm = match alg {
                "HS256" => hmac::HMAC_SHA256,
                "HS384" => hmac::HMAC_SHA384,
                _ => hmac::HMAC_SHA512,
            };
            let secret = hmac::Key::new(algorithm, secret.as_bytes());
            let signature = hmac::sign(&secret, message.as_bytes());
            let token = format!("{message}.{}", encode(signature));
            refused(&token, TokenError::NotValidated);
        }
    }
}

#[test]
fn keys_that_the_token_brings_are_not_trusted() {
    let key = other_rsa().published("rsa");
    let certificate = other_rsa().certificate();
    for (member, value) in [
        ("jwk", key),
        ("jku", json!("https://id.example.com/keys")),
        ("x5u", json!("https://id.example.com/certificate")),
        ("x5c", json!([certificate])),
    ] {
        let mut header = header("RS256", "rsa");
        header[member] = value;
        refused(
            &other_rsa().token(&header, &good_claims()),
            TokenError::NotValidated,
        );
        // They do not make a good token bad either.
        assert!(verify(&rsa().token(&header, &good_claims())).is_ok());
    }
}

#[test]
fn an_extension_that_must_be_understood_is_refused() {
    for extension in [json!(["exp"]), json!([]), json!(null)] {
        let mut header = header("RS256", "rsa");
        header["crit"] = extension;
        let error = verify(&rsa().token(&header, &good_claims())).unwrap_err();
        let message = "The ID Token provided is not a valid JWT. (You may see this error if you \
            sent an Access Token)";
        assert_eq!(error.to_string(), message);
        assert_eq!(error.kind(), TokenErrorKind::InvalidIdentityToken);
    }
}

#[test]
fn every_changed_bit_is_seen() {
    for (key, alg, kid) in [(rsa(), "RS256", "rsa"), (p384(), "ES384", "p384")] {
        let token = key.token(&header(alg, kid), &good_claims());
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for bit in 0..signature.len() * 8 {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = format!("{message}.{}", encode(changed));
            refused(&changed, TokenError::NotValidated);
        }
        for position in 0..message.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&changed).is_err(), "{position}");
        }
        for length in 0..token.len() {
            let cut: String = token.chars().take(length).collect();
            assert!(verify(&cut).is_err(), "{length}");
        }
    }
}

#[test]
fn another_claim_under_the_same_signature_is_refused() {
    let token = rsa().token(&header("RS256", "rsa"), &good_claims());
    let [head, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let other = claims(json!({"sub": "admin"})).to_string();
    let forged = format!("{head}.{}.{signature}", encode(other));
    refused(&forged, TokenError::NotValidated);
}

#[test]
fn what_has_not_the_form_of_a_token_is_refused() {
    let token = rsa().token(&header("RS256", "rsa"), &good_claims());
    let parts: Vec<&str> = token.split('.').collect();
    let [head, payload, signature] = parts[..] else {
        panic!("three parts");
    };
    let not_a_token = [
        String::new(),
        "..".to_owned(),
        "ya29.access-token".to_owned(),
        format!("{head}.{payload}"),
        format!("{token}.{signature}"),
        format!("{head}.{payload}.{signature}.{signature}.x"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{head}=.{payload}.{signature}"),
        format!("{head}.{payload}.{signature}=="),
        format!("{head}.{payload}.é"),
        format!("{}.{payload}.{signature}", encode("[]")),
        format!("{}.{payload}.{signature}", encode("{}")),
        format!("{}.{payload}.{signature}", encode(r#"{"alg":5}"#)),
        format!(
            "{}.{payload}.{signature}",
            encode(r#"{"alg":"RS256","kid":5}"#)
        ),
        format!("{head}.{}.{signature}", encode("null")),
        format!("{head}.{}.{signature}", encode(b"{\"sub\":\"\xff\"}")),
        format!("{head}.{}.{signature}", encode(r#"{"sub":"x"} x"#)),
        format!("{head}.{}.{signature}", encode("{\"a\":".repeat(5000))),
    ];
    for token in not_a_token {
        refused(&token, TokenError::NotAToken);
    }
}

#[test]
fn a_token_has_a_longest_length() {
    let token = |length: usize| {
        let claims = claims(json!({"x": "x".repeat(length)}));
        rsa().token(&header("RS256", "rsa"), &claims.to_string())
    };
    let longest = (14_000..15_000)
        .map(token)
        .find(|token| token.len() >= LONGEST)
        .unwrap();
    assert_eq!(longest.len(), LONGEST);
    assert!(verify(&longest).is_ok());
    let longer = token(15_000);
    refused(&longer, TokenError::NotAToken);
}

#[test]
fn five_claims_are_required() {
    for name in ["iss", "sub", "aud", "iat", "exp"] {
        let claims = claims(json!({name: null})).to_string();
        let token = rsa().token(&header("RS256", "rsa"), &claims);
        let error = verify(&token).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("Missing a required claim: {name}")
        );
        assert_eq!(error.kind(), TokenErrorKind::InvalidIdentityToken);
    }
    let token = rsa().token(&header("RS256", "rsa"), "{}");
    refused(&token, TokenError::MissingClaim("iss"));
}

#[test]
fn of_a_claim_given_twice_the_last_counts() {
    let claims = good_claims();
    let twice = claims.replacen('{', r#"{"sub":"first","aud":"nobody","#, 1);
    let identity = verify(&rsa().token(&header("RS256", "rsa"), &twice)).unwrap();
    assert_eq!(
        (&*identity.subject, &*identity.audience),
        ("build", "keyward")
    );
    let last = format!(r#"{},"sub":"last"}}"#, claims.trim_end_matches('}'));
    let identity = verify(&rsa().token(&header("RS256", "rsa"), &last)).unwrap();
    assert_eq!(identity.subject, "last");
}

#[test]
fn a_token_of_another_installation_is_refused() {
    let token = signing_keys()
        .sign(SigningAlgorithm::Rs256, &good_claims())
        .unwrap();
    refused(&token, TokenError::NoVerificationKey);
    let message = "Couldn't retrieve verification key from your identity provider,  please \
        reference AssumeRoleWithWebIdentity documentation for requirements";
    assert_eq!(TokenError::NoVerificationKey.to_string(), message);
}

#[test]
fn nothing_of_a_token_prints() {
    let token = rsa().token(&header("RS256", "rsa"), &good_claims());
    let unverified = Unverified::read(&token).unwrap();
    assert_eq!(format!("{unverified:?}"), "Unverified(…)");
    assert_eq!(unverified.issuer(), "https://id.example.com");
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = Unverified::read(&text);
        let _ = KeySet::parse(&text);
    }

    #[test]
    fn no_parts_panic(
        header in "\\{(\"(alg|kid|crit)\":(\"RS256\"|\"ES512\"|null|5|\\[\\]),){0,3}\"typ\":\"JWT\"\\}",
        claims in "\\{\"iss\":\"x\",\"sub\":1,\"aud\":\\[\\],\"iat\":1,\"exp\":.{0,20}\\}",
        signature in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let token = format!("{}.{}.{}", encode(header), encode(claims), encode(signature));
        let accepted = verify(&token);
        prop_assert!(accepted.is_err());
    }

    #[test]
    fn no_published_numbers_panic(
        n in prop::collection::vec(any::<u8>(), 0..300),
        e in prop::collection::vec(any::<u8>(), 0..10),
        crv in "P-(256|384|521)",
    ) {
        let set = key_set(&[
            json!({"kid": "rsa", "kty": "RSA", "n": encode(&n), "e": encode(&e)}),
            json!({"kid": "ec", "kty": "EC", "crv": crv, "x": encode(&n), "y": encode(&e)}),
        ]);
        let alg = crv.replace("P-", "ES").replace("521", "512");
        for (alg, kid, key) in [("RS256", "rsa", rsa()), (&*alg, "ec", p256())] {
            let token = key.token(&header(alg, kid), &good_claims());
            let accepted = Unverified::read(&token).unwrap().verify(&set, &EXPECTED);
            prop_assert!(accepted.is_err());
        }
    }
}
