//! What the service was seen to refuse, September 2026, each with its error.

use keyward_saml::{AssertionError, AssertionErrorKind, Metadata, Response};

use crate::identity_provider::{
    ASSERTION, ATTACKER_CERTIFICATE, ATTACKER_KEY, ISSUED, assertion, between, descriptor,
    document, judged, packed, response, signature_of, signed_by, signed_response, with,
};

/// Changes that are made before the assertion is signed.
#[track_caller]
fn check(changes: &[(&str, &str)], error: AssertionError) {
    let judged = judged(&response(&assertion(changes)));
    assert_eq!(judged, Err(error), "{changes:?}");
}

#[test]
fn the_assertion_itself_must_be_signed() {
    let unsigned = with(ASSERTION, &signature_of(ASSERTION), "");
    let refused = Err(AssertionError::Unsigned);
    assert_eq!(judged(&response(&unsigned)), refused);
    let key = crate::identity_provider::RSA_KEY;
    assert_eq!(judged(&signed_response(key, &unsigned)), refused);
    assert_eq!(judged(&response("")), refused);
}

#[test]
fn what_was_changed_after_signing_is_refused() {
    let xml = response(&assertion(&[]));
    for (old, new) in [
        (">alice<", ">admin<"),
        ("role/dev", "role/ops"),
        ("00:04:00Z", "00:04:01Z"),
        ("<saml:Conditions ", "<saml:Conditions Extra=\"\" "),
        ("ID=\"_assertion\"", "ID=\"_other\""),
    ] {
        let refused = judged(&with(&xml, old, new));
        assert_eq!(refused, Err(AssertionError::SignatureInvalid), "{new}");
    }
}

#[test]
fn a_signature_of_the_response_must_hold_if_it_is_there() {
    let refused = Err(AssertionError::SignatureInvalid);
    let signed = assertion(&[]);
    assert_eq!(judged(&signed_response(ATTACKER_KEY, &signed)), refused);
    let xml = signed_response(crate::identity_provider::RSA_KEY, &signed);
    assert_eq!(
        judged(&with(&xml, "Destination=\"https", "Destination=\"http")),
        refused
    );
}

#[test]
fn a_provider_made_again_does_not_know_the_key_it_had() {
    let again = Metadata::parse(&document(&descriptor("", ATTACKER_CERTIFICATE))).unwrap();
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    let refused = read.verify(&again, ISSUED);
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
}

#[test]
fn the_issuer_must_be_in_the_metadata() {
    check(
        &[(
            "https://idp.example.com/saml<",
            "https://idp.example.com/sam<",
        )],
        AssertionError::UnknownIssuer,
    );
    let signed = signed_by(
        ATTACKER_KEY,
        &with(ASSERTION, "idp.example.com", "attacker.example.com"),
    );
    assert_eq!(
        judged(&response(&signed)),
        Err(AssertionError::UnknownIssuer)
    );
}

#[test]
fn what_is_required_must_be_there_once() {
    let between = |start: &str, end: &str| between(ASSERTION, start, end);
    let conditions = between("<saml:Conditions", "</saml:Conditions>");
    let statement = between("<saml:AuthnStatement", "</saml:AuthnStatement>");
    let confirmation = between("<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let data = between("<saml:SubjectConfirmationData", "aws.amazon.com/saml\"/>");
    let subject = between("<saml:Subject>", "</saml:Subject>");
    let name_id = between("<saml:NameID", "</saml:NameID>");
    let twice = |text: &str| format!("{text}{text}");
    for (old, new) in [
        (conditions, String::new()),
        (conditions, twice(conditions)),
        (statement, String::new()),
        (confirmation, String::new()),
        (confirmation, twice(confirmation)),
        (data, String::new()),
        (data, twice(data)),
        (subject, String::new()),
        (subject, twice(subject)),
        (name_id, String::new()),
        (name_id, twice(name_id)),
        (">alice<", "><b>alice</b><".to_owned()),
        (" NotOnOrAfter=\"2026-12-01T00:04:00Z\"", String::new()),
        (
            " Recipient=\"https://signin.aws.amazon.com/saml\"",
            String::new(),
        ),
        (
            " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"",
            String::new(),
        ),
        (" IssueInstant=\"2026-12-01T00:00:00Z\"", String::new()),
        ("cm:bearer", "cm:holder-of-key".to_owned()),
        (" Version=\"2.0\"", String::new()),
    ] {
        check(&[(old, &new)], AssertionError::Malformed);
    }
}

#[test]
fn times_must_be_times() {
    for (old, new) in [
        (
            "NotBefore=\"2026-11-30T23:59:00Z\"",
            "NotBefore=\"yesterday\"",
        ),
        ("2026-12-01T00:03:00Z", "soon"),
        ("2026-12-01T00:04:00Z", "2026-12-01"),
        ("Data NotOnOrAfter", "Data NotBefore=\"\" NotOnOrAfter"),
        (
            "AuthnStatement AuthnInstant",
            "AuthnStatement SessionNotOnOrAfter=\"x\" AuthnInstant",
        ),
        (
            "Version=\"2.0\" IssueInstant=\"2026-12-01T00:00:00Z\"",
            "Version=\"2.0\" IssueInstant=\"now\"",
        ),
    ] {
        check(&[(old, new)], AssertionError::Malformed);
    }
}

#[test]
fn each_end_that_has_passed_ends_it() {
    for (old, new) in [
        ("2026-12-01T00:03:00Z", "2026-12-01T00:00:05Z"),
        ("2026-12-01T00:04:00Z", "2026-12-01T00:00:05Z"),
        (
            "AuthnStatement AuthnInstant",
            "AuthnStatement SessionNotOnOrAfter=\"2026-12-01T00:00:05Z\" AuthnInstant",
        ),
        (
            "Version=\"2.0\" IssueInstant=\"2026-12-01T00:00",
            "Version=\"2.0\" IssueInstant=\"2026-11-30T23:55",
        ),
    ] {
        check(&[(old, new)], AssertionError::Expired);
    }
}

#[test]
fn the_session_must_have_a_name() {
    let name = "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/RoleSessionName\">\
                <saml:AttributeValue>alice@example.com</saml:AttributeValue></saml:Attribute>";
    check(&[(name, "")], AssertionError::RoleSessionNameMissing);
    check(
        &[("alice@example.com", "Alice Doe")],
        AssertionError::RoleSessionNameForm,
    );
    let tag = "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/PrincipalTag:a\">\
               <saml:AttributeValue>1</saml:AttributeValue></saml:Attribute>";
    let twice = format!("{name}{tag}{tag}");
    check(&[(name, &twice)], AssertionError::PrincipalTagForm);
}

#[test]
fn a_response_that_tells_of_no_success_is_the_providers_refusal() {
    let xml = with(
        &response(&assertion(&[])),
        "status:Success",
        "status:AuthnFailed",
    );
    let refused = judged(&xml).unwrap_err();
    assert_eq!(refused, AssertionError::Rejected);
    assert_eq!(refused.kind(), AssertionErrorKind::IdpRejectedClaim);
    assert_eq!(
        judged(&with(&response(""), "status:Success", "x")),
        Err(AssertionError::Rejected)
    );
}

#[test]
fn an_encrypted_assertion_is_told_as_such() {
    let encrypted = "<saml:EncryptedAssertion><x/></saml:EncryptedAssertion>";
    let refused = judged(&response(encrypted)).unwrap_err();
    assert_eq!(refused, AssertionError::Encrypted);
    assert_eq!(refused.kind(), AssertionErrorKind::NotImplemented);
    let both = format!("{}{encrypted}", assertion(&[]));
    assert_eq!(judged(&response(&both)), Err(AssertionError::Malformed));
}

#[test]
fn what_is_no_response_is_malformed() {
    let xml = response(&assertion(&[]));
    let malformed = Err(AssertionError::Malformed);
    assert_eq!(judged(&assertion(&[])), malformed);
    assert_eq!(judged(""), malformed);
    assert_eq!(judged("<Response/>"), malformed);
    assert_eq!(
        judged(&with(&xml, "SAML:2.0:protocol", "SAML:1.0:protocol")),
        malformed
    );
    assert_eq!(
        judged(&xml.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1)),
        malformed
    );
    assert_eq!(
        judged(&with(
            &xml,
            "<samlp:Status>",
            "<samlp:Status/><samlp:Status>"
        )),
        malformed
    );
    let base64 = packed(&xml);
    for text in [
        "",
        "====",
        "%%%%",
        "PHg+",
        base64.get(..base64.len() / 2).unwrap(),
        base64.get(1..).unwrap(),
    ] {
        let refused = Response::read(text).unwrap_err();
        assert_eq!(refused, AssertionError::Malformed, "{text}");
    }
    let not_a_text = Response::read("/////w==").unwrap_err();
    assert_eq!(not_a_text, AssertionError::Malformed);
}

#[test]
fn a_message_has_at_most_its_characters() {
    let pad = |length: usize| {
        let base64 = packed(&response(&assertion(&[])));
        format!("{base64}{}", "\n".repeat(length - base64.len()))
    };
    assert!(Response::read(&pad(100_000)).is_ok());
    let refused = Response::read(&pad(100_001)).unwrap_err();
    assert_eq!(refused, AssertionError::Malformed);
}

#[test]
fn a_message_does_not_print() {
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    assert_eq!(format!("{read:?}"), "Response { .. }");
}
