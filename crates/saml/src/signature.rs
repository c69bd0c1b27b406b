//! Signatures of a response and its assertion.
//!
//! The library that verifies signatures knows far more than SAML uses: transforms that compute,
//! references to files, keys in the message, shared secrets. So a signature must first have the one
//! plain form that SAML asks for; only then it is verified, with the provider's keys and no others.

use bergshamra_dsig::verify::verify_all_document;
use bergshamra_dsig::{DsigContext, VerifyResult};
use bergshamra_keys::KeysManager;
use uppsala::Document;

use crate::xml::{Element, Name, dsig, exclusive};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// With and without comments.
const EXCLUSIVE: [&str; 2] = [
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];

/// Who may sign how. SHA-1 is not among them: two texts of one hash can be made for it, and a
/// user may have a say in what is signed about them. No identity provider has had it as its default
/// for years. (unsure) whether the service still takes it.
const METHODS: [&str; 6] = [
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
];

const DIGESTS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

/// Whether the document holds exactly these signatures, and each is by one of the keys and covers
/// exactly the element that it stands in.
pub(crate) fn are_valid(
    document: &Document<'_>,
    signatures: &[Signature<'_>],
    keys: KeysManager,
) -> bool {
    if !signatures.iter().all(Signature::is_plain) {
        return false;
    }
    let Ok(results) = verify_all_document(&DsigContext::new(keys), document) else {
        return false;
    };
    results.len() == signatures.len()
        && signatures
            .iter()
            .all(|signature| results.iter().any(|result| signature.is_covered_by(result)))
}

/// A signature that is to cover the element that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Signature<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) signed: Element<'d>,
}

impl Signature<'_> {
    /// Whether the verifier found this signature valid, and resolved its one reference to the very
    /// element that will be read.
    fn is_covered_by(&self, result: &VerifyResult) -> bool {
        let VerifyResult::Valid {
            signature_node,
            references,
            ..
        } = result
        else {
            return false;
        };
        let [reference] = references.as_slice() else {
            return false;
        };
        *signature_node == self.element.node()
            && reference.digest_verified
            && reference.resolved_node == Some(self.signed.node())
    }

    /// Whether it has the form that SAML asks for, and no part that could mean anything else.
    fn is_plain(&self) -> bool {
        let parts = [dsig("SignedInfo"), dsig("SignatureValue"), dsig("KeyInfo")];
        holds(self.element, &parts)
            && self
                .element
                .only_child(dsig("SignedInfo"))
                .is_some_and(|info| self.is_plain_info(info))
            && self.element.only_child(dsig("SignatureValue")).is_some()
            && self
                .element
                .children_named(dsig("KeyInfo"))
                .all(is_plain_key_info)
    }

    fn is_plain_info(&self, info: Element<'_>) -> bool {
        let [canonicalization, method, reference] = [
            dsig("CanonicalizationMethod"),
            dsig("SignatureMethod"),
            dsig("Reference"),
        ];
        holds(info, &[canonicalization, method, reference])
            && info.only_child(canonicalization).is_some_and(is_exclusive)
            && info
                .only_child(method)
                .is_some_and(|method| is_one_of(method, &METHODS) && holds(method, &[]))
            && info
                .only_child(reference)
                .is_some_and(|reference| self.is_plain_reference(reference))
    }

    fn is_plain_reference(&self, reference: Element<'_>) -> bool {
        let [transforms, method, value] = [
            dsig("Transforms"),
            dsig("DigestMethod"),
            dsig("DigestValue"),
        ];
        let target = reference
            .attribute("URI")
            .and_then(|uri| uri.strip_prefix('#'));
        let names_signed = target.is_some_and(|target| {
            is_simple_name(target) && self.signed.attribute("ID") == Some(target)
        });
        names_signed
            && holds(reference, &[transforms, method, value])
            && reference
                .only_child(transforms)
                .is_some_and(are_plain_transforms)
            && reference
                .only_child(method)
                .is_some_and(|method| is_one_of(method, &DIGESTS) && holds(method, &[]))
            && reference.only_child(value).is_some()
    }
}

/// Enveloped, then exclusive.
fn are_plain_transforms(transforms: Element<'_>) -> bool {
    let mut all = transforms.children();
    let (first, second, third) = (all.next(), all.next(), all.next());
    let is_enveloped = first.is_some_and(|first| {
        first.is(dsig("Transform")) && is_one_of(first, &[ENVELOPED]) && holds(first, &[])
    });
    let is_canonical =
        second.is_some_and(|second| second.is(dsig("Transform")) && is_exclusive(second));
    is_enveloped && is_canonical && third.is_none()
}

/// Keys in the message are hints at best. What is followed to find one, such as a
/// `RetrievalMethod`, is refused before anybody could.
fn is_plain_key_info(info: Element<'_>) -> bool {
    let kinds = [dsig("KeyName"), dsig("KeyValue"), dsig("X509Data")];
    holds(info, &kinds)
}

fn is_exclusive(method: Element<'_>) -> bool {
    is_one_of(method, &EXCLUSIVE) && holds(method, &[exclusive("InclusiveNamespaces")])
}

fn is_one_of(method: Element<'_>, algorithms: &[&str]) -> bool {
    method
        .attribute("Algorithm")
        .is_some_and(|algorithm| algorithms.contains(&algorithm))
}

/// Whether all elements directly in this one have one of the names.
fn holds(element: Element<'_>, names: &[Name]) -> bool {
    element
        .children()
        .all(|child| names.iter().any(|name| child.is(*name)))
}

/// Whether a text after `#` can only be an id: an `xpointer(..)` would be looked into.
fn is_simple_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':'))
}
