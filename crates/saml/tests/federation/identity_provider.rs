//! Messages to be signed, and the signing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra_dsig::DsigContext;
use bergshamra_dsig::sign::sign;
use bergshamra_keys::{KeysManager, loader};
use keyward_saml::{Assertion, AssertionError, Metadata, Response};

pub(crate) const ISSUER: &str = "https://idp.example.com/saml";
pub(crate) const RSA_KEY: &str = include_str!("../fixtures/rsa.key");
pub(crate) const RSA_CERTIFICATE: &str = include_str!("../fixtures/rsa.crt");
pub(crate) const ATTACKER_KEY: &str = include_str!("../fixtures/attacker.key");
pub(crate) const ATTACKER_CERTIFICATE: &str = include_str!("../fixtures/attacker.crt");

/// 2026-12-01T00:00:00Z, when everything is issued.
pub(crate) const ISSUED: i64 = 1_796_083_200;

/// What is signed unless a test says otherwise; its signature is not filled in.
pub(crate) const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0" IssueInstant="2026-12-01T00:00:00Z">"#,
    r#"<saml:Issuer>https://idp.example.com/saml</saml:Issuer>"#,
    r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_assertion"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>"##,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="2026-12-01T00:04:00Z" Recipient="https://signin.aws.amazon.com/saml"/></saml:SubjectConfirmation></saml:Subject>"#,
    r#"<saml:Conditions NotBefore="2026-11-30T23:59:00Z" NotOnOrAfter="2026-12-01T00:03:00Z"><saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="2026-12-01T00:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"#,
    r#"<saml:AttributeStatement>"#,
    r#"<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><saml:AttributeValue>arn:aws:iam::123456789012:role/dev,arn:aws:iam::123456789012:saml-provider/idp</saml:AttributeValue></saml:Attribute>"#,
    r#"<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><saml:AttributeValue>alice@example.com</saml:AttributeValue></saml:Attribute>"#,
    r#"</saml:AttributeStatement></saml:Assertion>"#,
);

/// A response without a signature; `@` is where the assertion stands.
pub(crate) const RESPONSE: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="2026-12-01T00:00:00Z" Destination="https://signin.aws.amazon.com/saml">"#,
    r#"<saml:Issuer>https://idp.example.com/saml</saml:Issuer>"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>"#,
    "@</samlp:Response>",
);

/// A text in the place of another, which must be there.
#[track_caller]
pub(crate) fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "`{old}` is not in the text");
    text.replace(old, new)
}

/// What there is from the first `start` on to the end of the first `end`.
#[track_caller]
pub(crate) fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap();
    let to = text.find(end).unwrap() + end.len();
    text.get(from..to).unwrap()
}

/// The first signature of a text: an element and all that is in it.
pub(crate) fn signature_of(text: &str) -> String {
    between(text, "<ds:Signature ", "</ds:Signature>").to_owned()
}

/// Fills in the first signature of a document.
pub(crate) fn signed_by(key: &str, template: &str) -> String {
    let mut keys = KeysManager::new();
    keys.add_key(loader::load_pem_auto(key.as_bytes(), None).unwrap());
    sign(&DsigContext::new(keys), template).unwrap()
}

/// The assertion with changes that are made before it is signed.
#[track_caller]
pub(crate) fn assertion(changes: &[(&str, &str)]) -> String {
    let mut text = ASSERTION.to_owned();
    for (old, new) in changes {
        text = with(&text, old, new);
    }
    signed_by(RSA_KEY, &text)
}

/// The response that holds this.
pub(crate) fn response(inner: &str) -> String {
    RESPONSE.replace('@', inner)
}

/// A response that is signed too, over the assertion in it.
pub(crate) fn signed_response(key: &str, inner: &str) -> String {
    let signature = with(&signature_of(ASSERTION), "#_assertion", "#_response");
    let template =
        response(inner).replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
    signed_by(key, &template)
}

pub(crate) fn packed(xml: &str) -> String {
    STANDARD.encode(xml)
}

/// A certificate without the lines around it.
pub(crate) fn bare(certificate: &str) -> String {
    certificate
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect()
}

/// A document of one provider with these key descriptors.
pub(crate) fn document(descriptors: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{ISSUER}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{descriptors}</md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// A key descriptor with these attributes.
pub(crate) fn descriptor(attributes: &str, certificate: &str) -> String {
    let certificate = bare(certificate);
    format!(
        "<md:KeyDescriptor{attributes}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )
}

pub(crate) fn provider() -> Metadata {
    Metadata::parse(&document(&descriptor(" use=\"signing\"", RSA_CERTIFICATE))).unwrap()
}

/// What a message comes to five seconds after its issue.
pub(crate) fn judged(xml: &str) -> Result<Assertion, AssertionError> {
    judged_at(xml, ISSUED + 5)
}

pub(crate) fn judged_at(xml: &str, now: i64) -> Result<Assertion, AssertionError> {
    Response::read(&packed(xml))?.verify(&provider(), now)
}
