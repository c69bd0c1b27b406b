use serde_json::json;

use super::*;
use crate::TokenErrorKind;
use crate::testing::{NOW, claims};

const ROLE: &str = "arn:aws:iam::123456789012:role/team/build";
const NOT_VALIDATED: &str = "The web identity token provided could not be validated. See the \
    AssumeRoleWithWebIdentity documentation for requirements.";

fn judged(claims: &Value) -> Result<WebIdentity, TokenError> {
    let expected = Expected {
        client_ids: &["keyward", "other"],
        now: NOW,
        role_arn: ROLE,
    };
    judge("i", claims.as_object().unwrap(), &expected)
}

#[track_caller]
fn accepted(changes: Value) -> WebIdentity {
    judged(&claims(changes)).unwrap()
}

#[track_caller]
fn refused(changes: Value, message: &str) {
    let kind = TokenErrorKind::InvalidIdentityToken;
    refused_as(&claims(changes), kind, message);
}

#[track_caller]
fn refused_as(claims: &Value, kind: TokenErrorKind, message: &str) {
    let error = judged(claims).unwrap_err();
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (kind, message),
        "{claims}"
    );
}

/// The good claims with one that is `null`.
fn with_null(name: &str) -> Value {
    let mut claims = claims(json!({}));
    claims[name] = Value::Null;
    claims
}

#[test]
fn a_subject_is_any_text_or_a_number() {
    let long = "x".repeat(1000);
    for subject in ["", "a", "repo:x/y:ref:refs/heads/main", &long] {
        assert_eq!(accepted(json!({"sub": subject})).subject, subject);
    }
    assert_eq!(accepted(json!({"sub": 123})).subject, "123");
    assert_eq!(accepted(json!({"sub": -1})).subject, "-1");
    assert_eq!(
        accepted(json!({"sub": u64::MAX})).subject,
        u64::MAX.to_string()
    );
    refused_as(
        &with_null("sub"),
        TokenErrorKind::InternalFailure,
        "Unknown error validating third-party token",
    );
    // Two numbers that become one when they are rounded.
    for digits in ["100000000000000000000001", "100000000000000000000002"] {
        let subject: Value = serde_json::from_str(digits).unwrap();
        refused(json!({"sub": subject}), NOT_VALIDATED);
    }
    for subject in [json!(1.5), json!(true), json!(["a"]), json!({})] {
        refused(json!({"sub": subject}), NOT_VALIDATED);
    }
}

#[test]
fn the_audience_is_a_registered_client_id() {
    for aud in [json!("keyward"), json!(["keyward"])] {
        let identity = accepted(json!({"aud": aud}));
        assert_eq!(identity.audience, "keyward");
        assert_eq!(identity.aud_claim.as_deref(), Some("keyward"));
        assert_eq!(identity.azp, None);
    }
    for aud in [
        json!("Keyward"),
        json!(""),
        json!("x"),
        json!(["x"]),
        json!([""]),
    ] {
        refused(json!({"aud": aud}), NOT_VALIDATED);
    }
    for aud in [json!(5), json!({}), json!([5]), json!([null])] {
        refused(json!({"aud": aud}), NOT_VALIDATED);
    }
    refused_as(
        &with_null("aud"),
        TokenErrorKind::InvalidIdentityToken,
        NOT_VALIDATED,
    );
    refused(json!({"aud": []}), "Claim is not allowed to be empty: aud");
    let several = "Token audience contains more than one audience while authorized party is not \
        present";
    refused(json!({"aud": ["keyward", "other"]}), several);
    refused(json!({"aud": ["keyward", "keyward"]}), several);
}

#[test]
fn an_authorized_party_counts_alone() {
    for (aud, aud_claim) in [
        (json!("x"), Some("x")),
        (json!(["keyward", "other"]), Some("keyward")),
        (json!([]), None),
        (json!(7), None),
        (json!(""), Some("")),
    ] {
        let identity = accepted(json!({"aud": aud, "azp": "other"}));
        assert_eq!(identity.audience, "other");
        assert_eq!(identity.azp.as_deref(), Some("other"));
        assert_eq!(identity.aud_claim.as_deref(), aud_claim);
    }
    for azp in [json!(""), json!("x"), json!(5), json!(["other"])] {
        refused(json!({"azp": azp}), NOT_VALIDATED);
    }
    refused_as(
        &with_null("azp"),
        TokenErrorKind::InvalidIdentityToken,
        NOT_VALIDATED,
    );
}

#[test]
fn times_are_integers_or_digits() {
    for (iat, exp) in [
        (json!(NOW), json!(NOW + 1)),
        (json!(NOW.to_string()), json!((NOW + 1).to_string())),
        (json!(0), json!(i64::MAX)),
        (json!(-5), json!(NOW)),
    ] {
        accepted(json!({"iat": iat, "exp": exp, "nbf": iat}));
    }
    let message = "Invalid timestamp in token claims.";
    for name in ["iat", "nbf", "exp"] {
        for time in [
            json!(1.0),
            json!(1_700_000_000.5),
            json!(u64::MAX),
            json!(""),
            json!("-1"),
            json!("+1"),
            json!("1.5"),
            json!(" 1"),
            json!("2023-11-14T22:13:20Z"),
            json!("99999999999999999999"),
            json!(true),
            json!([1]),
        ] {
            refused(json!({name: time}), message);
        }
        let kind = TokenErrorKind::InvalidIdentityToken;
        refused_as(&with_null(name), kind, message);
    }
}

#[test]
fn clocks_may_differ_by_five_minutes() {
    accepted(json!({"exp": NOW - 299}));
    for exp in [NOW - 301, 0, -7] {
        let now = NOW - 300;
        refused_as(
            &claims(json!({"exp": exp})),
            TokenErrorKind::ExpiredToken,
            &format!(
                "Token expired: current date/time {now} must be before the expiration date/time \
                 {exp}"
            ),
        );
    }
    accepted(json!({"nbf": NOW + 300}));
    let (now, nbf) = (NOW + 300, NOW + 301);
    refused(
        json!({"nbf": nbf}),
        &format!(
            "Token not yet valid: current date/time {now} must be after or equal to the \
             not-before date/time {nbf}"
        ),
    );
    accepted(json!({"iat": NOW + 300}));
    let iat = NOW + 301;
    refused(
        json!({"iat": iat}),
        &format!("Token issued in the future: {iat}"),
    );
}

#[test]
fn times_at_the_ends_of_their_range_do_not_overflow() {
    let claims = claims(json!({}));
    for now in [i64::MIN, i64::MAX] {
        let expected = Expected {
            client_ids: &["keyward"],
            now,
            role_arn: ROLE,
        };
        assert!(judge("i", claims.as_object().unwrap(), &expected).is_err());
    }
}

#[test]
fn a_token_may_name_the_roles_it_is_for() {
    let name = "https://aws.amazon.com/roles";
    assert!(!accepted(json!({})).is_role_authorized);
    assert!(!judged(&with_null(name)).unwrap().is_role_authorized);
    let other = "arn:aws:iam::123456789012:role/build";
    for roles in [
        json!([ROLE]),
        json!([other, ROLE]),
        json!([format!(" \t{ROLE}\n")]),
        json!([5, null, "x", ROLE]),
        json!(ROLE),
        json!(format!("{other}; {ROLE} ;")),
    ] {
        assert!(accepted(json!({name: roles})).is_role_authorized);
    }
    let lacks = "The target role ARN is not present in the roles claim of the identity token";
    for roles in [
        json!([other]),
        json!(other),
        json!([ROLE.to_lowercase().replace("build", "Build")]),
        json!([ROLE.replace("/team", "")]),
        json!([format!("{ROLE}x")]),
    ] {
        refused(json!({name: roles}), lacks);
    }
    let no_roles = "The roles claim contains no valid role ARNs";
    for roles in [
        json!([]),
        json!(""),
        json!("build"),
        json!([5, "arn:aws:iam::123456789012:user/build"]),
        json!(["arn:aws:iam::12345678901:role/build"]),
        json!(["arn:aws:iam:us-east-1:123456789012:role/build"]),
        json!(["arn:aws:iam::123456789012:role/"]),
        json!(["arn:aws:sts::123456789012:assumed-role/build/x"]),
        json!("*"),
        json!(5),
        json!({}),
        json!(true),
    ] {
        refused(json!({name: roles}), no_roles);
    }
}

#[test]
fn tags_come_nested_or_flat() {
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let nested = "https://aws.amazon.com/tags";
    let identity = accepted(json!({nested: {
        "principal_tags": {"Team": ["engineering"], "Cost": [""]},
        "transitive_tag_keys": ["Team"],
    }}));
    let tags = vec![tag("Cost", ""), tag("Team", "engineering")];
    assert_eq!(identity.principal_tags, tags);
    assert_eq!(identity.transitive_tag_keys, ["Team"]);

    let identity = accepted(json!({
        "https://aws.amazon.com/tags/principal_tags/Team": "engineering",
        "https://aws.amazon.com/tags/transitive_tag_keys": ["Team"],
    }));
    assert_eq!(identity.principal_tags, vec![tag("Team", "engineering")]);
    assert_eq!(identity.transitive_tag_keys, ["Team"]);

    let identity = accepted(json!({
        nested: {"principal_tags": {"Team": ["a"]}},
        "https://aws.amazon.com/tags/principal_tags/Team": "b",
    }));
    assert_eq!(
        identity.principal_tags,
        vec![tag("Team", "a"), tag("Team", "b")]
    );
    assert_eq!(accepted(json!({nested: {}})).principal_tags, Vec::new());
}

#[test]
fn tags_in_another_form_are_refused() {
    let nested = "https://aws.amazon.com/tags";
    let flat = "https://aws.amazon.com/tags/principal_tags/Team";
    let message = "principal_tags passed in claim is not in correct format.";
    for tags in [
        json!({"Team": "engineering"}),
        json!({"Team": []}),
        json!({"Team": ["a", "b"]}),
        json!({"Team": [5]}),
        json!({"Team": null}),
        json!(["Team"]),
        json!("Team"),
    ] {
        refused(json!({nested: {"principal_tags": tags}}), message);
    }
    for tags in [json!("x"), json!([]), json!(5)] {
        refused(json!({nested: tags}), message);
    }
    for value in [json!(["engineering"]), json!(5), json!({})] {
        refused(json!({flat: value}), message);
    }
    for keys in [json!("Team"), json!([5]), json!({})] {
        assert_eq!(
            judged(&claims(json!({nested: {"transitive_tag_keys": keys}}))),
            Err(TokenError::TransitiveTagKeys)
        );
    }
}

#[test]
fn a_source_identity_is_a_text() {
    assert_eq!(accepted(json!({})).source_identity, None);
    let identity = accepted(json!({SOURCE_IDENTITY: "alice"}));
    assert_eq!(identity.source_identity.as_deref(), Some("alice"));
    assert_eq!(
        judged(&claims(json!({SOURCE_IDENTITY: ["alice"]}))),
        Err(TokenError::NotValidated)
    );
}

#[test]
fn further_claims_are_there_for_conditions() {
    let identity = accepted(json!({
        "amr": ["pwd", 5, "mfa"],
        "actor": "alice",
        "run_number": 7,
        "is_hosted": true,
        "groups": ["a", "b"],
        "mixed": ["a", 5],
        "nested": {"a": "b"},
        "https://aws.amazon.com/unknown": "x",
    }));
    assert_eq!(identity.amr, ["pwd", "mfa"]);
    assert_eq!(
        accepted(json!({"amr": "authenticated"})).amr,
        ["authenticated"]
    );
    let one = |text: &str| ClaimValue::One(text.to_owned());
    let several =
        |texts: &[&str]| ClaimValue::Several(texts.iter().map(|text| (*text).to_owned()).collect());
    let expected = [
        ("actor", one("alice")),
        ("groups", several(&["a", "b"])),
        ("is_hosted", one("true")),
        ("run_number", one("7")),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(identity.claims, BTreeMap::from(expected));
}

#[test]
fn of_claims_that_differ_in_case_alone_none_is_told() {
    let told = |claims: Value| -> Vec<String> {
        further(claims.as_object().unwrap()).into_keys().collect()
    };
    for (claims, expected) in [
        (
            json!({"Role": "guest", "role": "admin", "team": "a"}),
            vec!["team"],
        ),
        (json!({"kind": "guest", "\u{212a}ind": "x"}), vec![]),
        (json!({"gruppe-ä": "x", "team": "a"}), vec!["team"]),
        (json!({"GROUPS": "admin"}), vec!["GROUPS"]),
    ] {
        assert_eq!(told(claims.clone()), expected, "{claims}");
    }
}
