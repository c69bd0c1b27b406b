//! Messages of those who have an assertion of theirs and want to be somebody else.
//!
//! Wrapping, all forms of it: a signed assertion is kept where the signature still finds it, and a
//! forged one put where it will be read.

use keyward_saml::{AssertionError, Response};

use crate::identity_provider::{
    ASSERTION, ATTACKER_CERTIFICATE, ATTACKER_KEY, ISSUED, RSA_KEY, assertion, bare, between,
    judged, packed, provider, response, signature_of, signed_by, signed_response, with,
};

/// The attacker's own assertion, and another's without a signature.
struct Pieces {
    signed: String,
    signature: String,
    forged: String,
}

fn pieces() -> Pieces {
    let signed = assertion(&[]);
    let signature = signature_of(&signed);
    let forged = with(&signed, ">alice<", ">admin<");
    let forged = with(&forged, &signature, "");
    let forged = with(&forged, "ID=\"_assertion\"", "ID=\"_forged\"");
    Pieces {
        signed,
        signature,
        forged,
    }
}

#[track_caller]
fn check(inner: &str, error: AssertionError) {
    assert_eq!(judged(&response(inner)), Err(error));
}

/// The text with more inside of its first element of this name, at its end.
fn inside(text: &str, name: &str, more: &str) -> String {
    let end = format!("</{name}>");
    with(text, &end, &format!("{more}{end}"))
}

fn after_issuer(text: &str, more: &str) -> String {
    with(text, "</saml:Issuer>", &format!("</saml:Issuer>{more}"))
}

#[test]
fn the_pieces_are_what_they_are_taken_for() {
    let pieces = pieces();
    assert!(judged(&response(&pieces.signed)).is_ok());
    let refused = judged(&response(&pieces.forged));
    assert_eq!(refused, Err(AssertionError::Unsigned));
}

#[test]
fn a_forged_assertion_beside_the_signed_one_is_refused() {
    let Pieces { signed, forged, .. } = pieces();
    check(&format!("{forged}{signed}"), AssertionError::Malformed);
    check(&format!("{signed}{forged}"), AssertionError::Malformed);
    let same_id = with(&forged, "_forged", "_assertion");
    check(&format!("{same_id}{signed}"), AssertionError::Malformed);
    check(&format!("{signed}{same_id}"), AssertionError::Malformed);
}

#[test]
fn a_signed_assertion_within_the_forged_one_is_refused() {
    let Pieces {
        signed,
        signature,
        forged,
    } = pieces();
    check(
        &inside(&forged, "saml:Assertion", &signed),
        AssertionError::Malformed,
    );
    check(
        &inside(&forged, "saml:Subject", &signed),
        AssertionError::Malformed,
    );
    let advice = format!("<saml:Advice>{signed}</saml:Advice>");
    check(
        &inside(&forged, "saml:Conditions", &advice),
        AssertionError::Malformed,
    );
    // The signature moves to the forged one, and what it covers lies within.
    let bare_one = with(&signed, &signature, "");
    let moved = after_issuer(&forged, &format!("{signature}{bare_one}"));
    check(&moved, AssertionError::Malformed);
}

#[test]
fn a_forged_assertion_within_the_signed_one_is_refused() {
    let Pieces { signed, forged, .. } = pieces();
    check(
        &inside(&signed, "saml:Assertion", &forged),
        AssertionError::Malformed,
    );
    // The enveloped signature is the one place within it that is not covered.
    let object = format!("<ds:Object>{forged}</ds:Object>");
    check(
        &inside(&signed, "ds:Signature", &object),
        AssertionError::Malformed,
    );
}

#[test]
fn a_signed_assertion_within_an_object_is_refused() {
    let Pieces {
        signed,
        signature,
        forged,
    } = pieces();
    let bare_one = with(&signed, &signature, "");
    for kept in [&signed, &bare_one] {
        let object = format!("<ds:Object>{kept}</ds:Object>");
        let holding = inside(&signature, "ds:Signature", &object);
        check(&after_issuer(&forged, &holding), AssertionError::Malformed);
    }
    // Not even under another name.
    let renamed = bare_one.replace("saml:Assertion", "saml:Statement");
    let holding = inside(
        &signature,
        "ds:Signature",
        &format!("<ds:Object>{renamed}</ds:Object>"),
    );
    check(
        &after_issuer(&forged, &holding),
        AssertionError::SignatureInvalid,
    );
}

#[test]
fn a_signed_assertion_within_extensions_is_refused() {
    let Pieces {
        signed,
        signature,
        forged,
    } = pieces();
    let extensions = format!("<samlp:Extensions>{signed}</samlp:Extensions>");
    check(&format!("{extensions}{forged}"), AssertionError::Malformed);
    // Alone, it does not stand where an assertion is read.
    check(&extensions, AssertionError::Malformed);
    let forged = after_issuer(&forged, &signature);
    check(&format!("{extensions}{forged}"), AssertionError::Malformed);
}

#[test]
fn a_whole_signed_response_within_another_is_refused() {
    let unsigned = with(ASSERTION, &signature_of(ASSERTION), "");
    let signed = signed_response(RSA_KEY, &unsigned);
    let forged = with(&unsigned, ">alice<", ">admin<");
    let outer = with(&response(&forged), "ID=\"_response\"", "ID=\"_outer\"");
    for outer in [
        outer.replacen(
            "<saml:Assertion",
            &format!("<samlp:Extensions>{signed}</samlp:Extensions><saml:Assertion"),
            1,
        ),
        outer.replacen(
            "<saml:Assertion",
            &format!("{}<saml:Assertion", signature_of(&signed)),
            1,
        ),
    ] {
        assert!(judged(&outer).is_err());
    }
}

#[test]
fn an_assertion_under_another_name_does_not_count() {
    let Pieces {
        signed,
        signature,
        forged,
    } = pieces();
    // Of another namespace, it is not covered by the signature, and the forged one bears none.
    let other = signed.replace("SAML:2.0:assertion", "SAML:2.1:assertion");
    check(&format!("{other}{forged}"), AssertionError::Unsigned);
    let moved = after_issuer(&forged, &signature);
    check(&format!("{other}{moved}"), AssertionError::SignatureInvalid);
}

#[test]
fn ids_are_unique() {
    let Pieces { signed, .. } = pieces();
    for name in ["ID", "Id", "id", "AssertionID", "xml:id"] {
        let double = format!("<samlp:Extensions><x {name}=\"_assertion\"/></samlp:Extensions>");
        check(
            &format!("{double}{signed}"),
            AssertionError::SignatureInvalid,
        );
        check(
            &format!("{signed}{double}"),
            AssertionError::SignatureInvalid,
        );
    }
}

#[test]
fn a_second_id_of_another_namespace_does_not_turn_the_reference() {
    let Pieces {
        signature, forged, ..
    } = pieces();
    let moved = after_issuer(&forged, &signature);
    let both = "xmlns:x=\"urn:x\" x:ID=\"_assertion\" ID=\"_forged\"";
    let moved = with(&moved, "ID=\"_forged\"", both);
    check(&moved, AssertionError::SignatureInvalid);
    let swapped = with(
        &moved,
        both,
        "xmlns:x=\"urn:x\" x:ID=\"_forged\" ID=\"_assertion\"",
    );
    check(&swapped, AssertionError::SignatureInvalid);
}

/// Whoever holds the provider's key signs with an odd signature: only its form refuses it.
#[track_caller]
fn check_form(old: &str, new: &str) {
    let refused = judged(&response(&assertion(&[(old, new)])));
    assert_eq!(refused, Err(AssertionError::SignatureInvalid), "{new}");
}

#[test]
fn a_reference_names_the_assertion() {
    check_form("URI=\"#_assertion\"", "URI=\"\"");
    check_form("URI=\"#_assertion\"", "URI=\"#xpointer(id('_assertion'))\"");
    check_form("URI=\"#_assertion\"", "URI=\"#xpointer(/)\"");
    // The response's id, which the signature of the assertion then does not cover alone.
    let template = response(&with(
        ASSERTION,
        "URI=\"#_assertion\"",
        "URI=\"#_response\"",
    ));
    let refused = judged(&signed_by(RSA_KEY, &template));
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
}

#[test]
fn references_to_elsewhere_are_not_followed() {
    let signed = response(&assertion(&[]));
    for uri in [
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "Cargo.toml",
        "cid:x",
        "#",
        "#nobody",
    ] {
        let refused = judged(&with(&signed, "#_assertion", uri));
        assert_eq!(refused, Err(AssertionError::SignatureInvalid), "{uri}");
    }
}

#[test]
fn there_is_one_reference() {
    let reference = between(ASSERTION, "<ds:Reference", "</ds:Reference>");
    check_form(reference, &format!("{reference}{reference}"));
    let signed = response(&assertion(&[]));
    let reference = between(&signed, "<ds:Reference", "</ds:Reference>");
    let refused = judged(&with(&signed, reference, ""));
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
}

#[test]
fn only_the_two_transforms_are_taken() {
    let enveloped =
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let both = format!("{enveloped}{exclusive}");
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
                 <ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    let inclusive = "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>";
    check_form(&both, &format!("{xpath}{exclusive}"));
    check_form(&both, &format!("{enveloped}{xpath}"));
    check_form(&both, &format!("{enveloped}{xpath}{exclusive}"));
    check_form(&both, &format!("{enveloped}{exclusive}{exclusive}"));
    check_form(&both, &format!("{enveloped}{inclusive}"));
    check_form(&both, enveloped);
    // These can't even be signed here: put in afterwards.
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">\
                <xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/>\
                </ds:Transform>";
    let base64 = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>";
    let filter = "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/>";
    let signed = response(&assertion(&[]));
    for transforms in [xslt, base64, filter, exclusive, ""] {
        let refused = judged(&with(&signed, &both, transforms));
        assert_eq!(
            refused,
            Err(AssertionError::SignatureInvalid),
            "{transforms}"
        );
    }
}

#[test]
fn algorithms_are_of_the_list() {
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    check_form(
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2000/09/xmldsig#sha1",
    );
    check_form(
        "CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
        "CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"",
    );
    let signed = response(&assertion(&[]));
    for method in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        "none",
        "",
    ] {
        let refused = judged(&with(&signed, rsa, method));
        assert_eq!(refused, Err(AssertionError::SignatureInvalid), "{method}");
    }
}

/// The provider's public key taken for a shared secret, which everybody knows.
#[test]
fn a_public_key_is_no_shared_secret() {
    use bergshamra_dsig::{DsigContext, sign::sign};
    use bergshamra_keys::{KeysManager, loader};

    let certificate = crate::identity_provider::RSA_CERTIFICATE;
    let public = loader::load_x509_cert_pem(certificate.as_bytes()).unwrap();
    let secrets = [
        public.to_spki_der().unwrap(),
        certificate.as_bytes().to_vec(),
    ];
    for secret in secrets {
        let mut keys = KeysManager::new();
        keys.add_key(loader::load_hmac_key(&secret).unwrap());
        let template = with(ASSERTION, "#rsa-sha256", "#hmac-sha256");
        let signed = sign(&DsigContext::new(keys), &template).unwrap();
        let refused = judged(&response(&signed));
        assert_eq!(refused, Err(AssertionError::SignatureInvalid));
    }
}

#[test]
fn keys_of_the_message_are_not_trusted() {
    let certificate = bare(ATTACKER_CERTIFICATE);
    let info = format!(
        "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    );
    let template = ASSERTION.replace(
        "<ds:SignatureValue/>",
        &format!("<ds:SignatureValue>{info}"),
    );
    let signed = signed_by(ATTACKER_KEY, &template);
    let refused = judged(&response(&signed));
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
    // The provider's own signature holds whatever key stands beside it.
    assert!(judged(&response(&signed_by(RSA_KEY, &template))).is_ok());
}

#[test]
fn keys_are_not_fetched() {
    let signed = response(&assertion(&[]));
    for info in [
        "<ds:RetrievalMethod URI=\"file:///etc/passwd\"/>",
        "<ds:RetrievalMethod URI=\"http://127.0.0.1/\"/>",
        "<ds11:KeyInfoReference xmlns:ds11=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#_response\"/>",
        "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>",
    ] {
        let more = format!("</ds:SignatureValue><ds:KeyInfo>{info}</ds:KeyInfo>");
        let refused = judged(&with(&signed, "</ds:SignatureValue>", &more));
        assert_eq!(refused, Err(AssertionError::SignatureInvalid), "{info}");
    }
}

#[test]
fn a_signature_stands_alone() {
    let Pieces {
        signed, signature, ..
    } = pieces();
    // Twice in the assertion.
    check(
        &after_issuer(&signed, &signature),
        AssertionError::SignatureInvalid,
    );
    // Somewhere else in the message.
    check(
        &format!("{signature}{signed}"),
        AssertionError::SignatureInvalid,
    );
    let extensions = format!("<samlp:Extensions>{signature}</samlp:Extensions>");
    check(
        &format!("{extensions}{signed}"),
        AssertionError::SignatureInvalid,
    );
}

#[test]
fn document_types_are_refused() {
    let xml = response(&assertion(&[]));
    let mut bomb = String::from("<!ENTITY e0 \"lol\">");
    for level in 1..10 {
        let last = format!("&e{};", level - 1).repeat(10);
        bomb += &format!("<!ENTITY e{level} \"{last}\">");
    }
    let bombed = with(&xml, ">alice<", ">&e9;<");
    for declared in [
        format!("<!DOCTYPE x [{bomb}]>{bombed}"),
        format!("<!DOCTYPE x [<!ENTITY e9 SYSTEM \"file:///etc/passwd\">]>{bombed}"),
        format!("<!DOCTYPE x [<!ENTITY e9 \"alice\">]>{bombed}"),
        // Ids may be declared there too.
        format!("<!DOCTYPE x [<!ATTLIST x id ID #IMPLIED>]>{xml}"),
        format!("<!DOCTYPE x>{xml}"),
        bombed,
    ] {
        assert_eq!(judged(&declared), Err(AssertionError::Malformed));
    }
}

#[test]
fn odd_shapes_cost_little() {
    let deep = format!("{}{}", "<a>".repeat(9_000), "</a>".repeat(9_000));
    assert_eq!(judged(&response(&deep)), Err(AssertionError::Malformed));
    let attributes: String = (0..6_000).map(|each| format!(" a{each}=''")).collect();
    let wide = format!("<a{attributes}/>");
    assert_eq!(judged(&response(&wide)), Err(AssertionError::Malformed));
    let many = "<a/>".repeat(17_000);
    assert_eq!(judged(&response(&many)), Err(AssertionError::Unsigned));
}

#[test]
fn a_changed_byte_anywhere_never_changes_what_is_read() {
    let xml = response(&assertion(&[]));
    let expected = judged(&xml).unwrap();
    let metadata = provider();
    for place in 0..xml.len() {
        for flip in [0x01, 0x20] {
            let mut bytes = xml.clone().into_bytes();
            bytes[place] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let Ok(read) = Response::read(&packed(&changed)) else {
                continue;
            };
            if let Ok(read) = read.verify(&metadata, ISSUED + 5) {
                assert_eq!(read, expected, "{place}");
            }
        }
    }
}
