//! Metadata documents, and whose keys they are taken for.

use keyward_saml::{AssertionError, Metadata, MetadataError, Response};

use crate::identity_provider::{
    ATTACKER_CERTIFICATE, ISSUED, ISSUER, RSA_CERTIFICATE, assertion, descriptor, document, packed,
    response, with,
};

#[track_caller]
fn check(text: &str, error: MetadataError) {
    let refused = Metadata::parse(text).err();
    assert_eq!(refused, Some(error), "{text:.80}");
}

/// Whether these key descriptors let the provider's signature hold.
fn holds(descriptors: &str) -> bool {
    let metadata = Metadata::parse(&document(descriptors)).unwrap();
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    match read.verify(&metadata, ISSUED) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, AssertionError::SignatureInvalid);
            false
        }
    }
}

fn good() -> String {
    document(&descriptor(" use=\"signing\"", RSA_CERTIFICATE))
}

#[test]
fn what_is_no_metadata_has_the_services_text() {
    check("", MetadataError::Unreadable);
    check("metadata", MetadataError::Unreadable);
    check("<EntityDescriptor/>", MetadataError::Unreadable);
    check("<md:EntityDescriptor/>", MetadataError::Unreadable);
    check(
        &good().replace("EntityDescriptor", "Entity"),
        MetadataError::Unreadable,
    );
    check(
        &with(&good(), &format!(" entityID=\"{ISSUER}\""), ""),
        MetadataError::Unreadable,
    );
    check(
        &format!("<!DOCTYPE x>{}", good()),
        MetadataError::Unreadable,
    );
    check(good().trim_end_matches('>'), MetadataError::Unreadable);
    assert_eq!(
        MetadataError::Unreadable.to_string(),
        "Could not parse metadata"
    );
}

#[test]
fn an_entity_that_is_no_identity_provider_has_the_services_text() {
    let service = good().replace("IDPSSODescriptor", "SPSSODescriptor");
    check(&service, MetadataError::NoIssuer);
    let list = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{service}\
         </md:EntitiesDescriptor>"
    );
    check(&list, MetadataError::NoIssuer);
    assert_eq!(
        MetadataError::NoIssuer.to_string(),
        "SAML Providers must reference at least one SAML assertion issuer."
    );
}

#[test]
fn a_list_of_entities_is_read_through() {
    let other = good().replace("idp.example.com", "other.example.com");
    let service = good()
        .replace("IDPSSODescriptor", "SPSSODescriptor")
        .replace("idp.example.com", "service.example.com");
    let inner = format!("<md:EntitiesDescriptor>{service}{other}</md:EntitiesDescriptor>");
    let list = format!(
        "<?xml version=\"1.0\"?><md:EntitiesDescriptor \
         xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{}{inner}</md:EntitiesDescriptor>",
        good()
    );
    let metadata = Metadata::parse(&list).unwrap();
    let issuers: Vec<_> = metadata.issuers().collect();
    assert_eq!(issuers, [ISSUER, "https://other.example.com/saml"]);
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    assert!(read.verify(&metadata, ISSUED).is_ok());
}

#[test]
fn the_keys_of_one_entity_are_not_those_of_another() {
    let own = document(&descriptor("", ATTACKER_CERTIFICATE));
    let other = good().replace("idp.example.com", "other.example.com");
    let list = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{own}{other}\
         </md:EntitiesDescriptor>"
    );
    let metadata = Metadata::parse(&list).unwrap();
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    let refused = read.verify(&metadata, ISSUED);
    assert_eq!(refused, Err(AssertionError::SignatureInvalid));
}

#[test]
fn keys_for_signing_and_keys_for_all_are_used() {
    assert!(holds(&descriptor(" use=\"signing\"", RSA_CERTIFICATE)));
    assert!(holds(&descriptor("", RSA_CERTIFICATE)));
    // With this one alone, a provider can be made, but nothing be verified.
    assert!(!holds(&descriptor(" use=\"encryption\"", RSA_CERTIFICATE)));
    assert!(!holds(""));
}

#[test]
fn any_of_several_keys_may_have_signed() {
    let old = descriptor(" use=\"signing\"", ATTACKER_CERTIFICATE);
    let new = descriptor(" use=\"signing\"", RSA_CERTIFICATE);
    assert!(holds(&format!("{old}{new}")));
    assert!(holds(&format!("{new}{old}")));
}

#[test]
fn who_vouches_for_the_provider_does_not_sign_for_it() {
    let own = descriptor("", ATTACKER_CERTIFICATE);
    let above = crate::identity_provider::bare(RSA_CERTIFICATE);
    let chain = with(
        &own,
        "</ds:X509Data>",
        &format!("<ds:X509Certificate>{above}</ds:X509Certificate></ds:X509Data>"),
    );
    assert!(!holds(&chain));
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    for text in ["", "AAAA", "no base64!"] {
        let own = document(&descriptor("", text));
        check(&own, MetadataError::Unreadable);
    }
    let tail = document(&descriptor("", RSA_CERTIFICATE))
        .replace("</ds:X509Certificate>", "AAAA</ds:X509Certificate>");
    check(&tail, MetadataError::Unreadable);
    // One that is for encryption is not looked at.
    assert!(Metadata::parse(&document(&descriptor(" use=\"encryption\"", "AAAA"))).is_ok());
}

#[test]
fn certificates_may_be_broken_into_lines() {
    let own = descriptor("", RSA_CERTIFICATE);
    let broken = own.replace("MII", "\n      MII\r\n\t");
    assert!(holds(&broken));
}

/// 1024 bits are too few to trust a signature for, and other kinds of keys sign nothing that is
/// accepted. The document is good still.
#[test]
fn weak_keys_verify_nothing() {
    let weak = include_str!("../fixtures/rsa1024.crt");
    let key = include_str!("../fixtures/rsa1024.key");
    let metadata = Metadata::parse(&document(&descriptor("", weak))).unwrap();
    assert_eq!(metadata.issuers().count(), 1);
    assert!(keyward_saml::PrivateKey::parse(key).is_ok());
}

#[test]
fn the_keys_of_one_entity_are_bounded() {
    let many = |count| descriptor("", RSA_CERTIFICATE).repeat(count);
    assert!(holds(&many(100)));
    check(&document(&many(101)), MetadataError::Unreadable);
}

#[test]
fn a_document_of_ten_million_characters_is_bounded() {
    let pad = |piece: &str| {
        let more = piece.repeat(9_900_000 / piece.len());
        with(
            &good(),
            "</md:EntityDescriptor>",
            &format!("{more}</md:EntityDescriptor>"),
        )
    };
    check(&pad("<a/>"), MetadataError::Unreadable);
    assert!(Metadata::parse(&pad("<a>some text, long enough to fill an element</a>")).is_ok());
    assert!(Metadata::parse(&pad(" ")).is_ok());
}
