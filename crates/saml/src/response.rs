//! The message that an identity provider sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uppsala::{Document, NodeId};

use crate::signature::{Signature, are_valid};
use crate::xml::{self, Element, dsig, protocol, saml};
use crate::{Assertion, AssertionError, Metadata};

/// The most characters of a message in base64, as the service has it.
const MOST_CHARACTERS: usize = 100_000;

/// The most tags of a message: more than fit into its characters.
const MOST_MARKUP: usize = 20_000;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// A response with one assertion, of which nothing is verified yet. Whoever holds it may act for
/// its subject, so that it does not print.
pub struct Response {
    document: Document<'static>,
    assertion: NodeId,
}

impl Response {
    /// Takes a message of at most 100 000 characters of base64 apart; white space in it is passed
    /// over.
    pub fn read(base64: &str) -> Result<Self, AssertionError> {
        if base64.len() > MOST_CHARACTERS {
            return Err(AssertionError::Malformed);
        }
        let packed: Vec<u8> = base64
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let bytes = STANDARD
            .decode(packed)
            .map_err(|_| AssertionError::Malformed)?;
        let text = String::from_utf8(bytes).map_err(|_| AssertionError::Malformed)?;
        let document = xml::parse(&text, MOST_MARKUP).ok_or(AssertionError::Malformed)?;
        let assertion = find_assertion(&document)?;
        Ok(Self {
            assertion,
            document: document.into_static(),
        })
    }

    /// Verifies the signatures with the keys that the metadata has for the assertion's issuer, and
    /// judges the assertion at `now`, in seconds since 1970.
    pub fn verify(&self, metadata: &Metadata, now: i64) -> Result<Assertion, AssertionError> {
        let root = xml::root(&self.document).ok_or(AssertionError::Malformed)?;
        let assertion =
            Element::new(&self.document, self.assertion).ok_or(AssertionError::Malformed)?;
        let signature = |element, signed| Signature { element, signed };
        let mut signatures: Vec<_> = assertion
            .children_named(dsig("Signature"))
            .map(|element| signature(element, assertion))
            .collect();
        if signatures.is_empty() {
            return Err(AssertionError::Unsigned);
        }
        let of_response = root.children_named(dsig("Signature"));
        signatures.extend(of_response.map(|element| signature(element, root)));

        let issuer = assertion
            .only_child(saml("Issuer"))
            .and_then(Element::text)
            .ok_or(AssertionError::Malformed)?;
        let keys = metadata
            .keys_of(issuer.trim())
            .ok_or(AssertionError::UnknownIssuer)?;
        if !are_valid(&self.document, &signatures, keys) {
            return Err(AssertionError::SignatureInvalid);
        }
        Assertion::read(assertion, now)
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Response").finish_non_exhaustive()
    }
}

/// The one assertion of a response that tells success. A second one is refused wherever it stands:
/// with it, what is signed and what is read could be two things.
fn find_assertion(document: &Document<'_>) -> Result<NodeId, AssertionError> {
    let root = xml::root(document)
        .filter(|root| root.is(protocol("Response")) && root.attribute("Version") == Some("2.0"))
        .ok_or(AssertionError::Malformed)?;
    let status = root
        .only_child(protocol("Status"))
        .and_then(|status| status.only_child(protocol("StatusCode")))
        .and_then(|code| code.attribute("Value"))
        .ok_or(AssertionError::Malformed)?;
    if status != SUCCESS {
        return Err(AssertionError::Rejected);
    }
    let plain = root.descendants_named(saml("Assertion")).count();
    let encrypted = root.descendants_named(saml("EncryptedAssertion")).count();
    match (plain, encrypted) {
        (0, 0) => Err(AssertionError::Unsigned),
        (0, 1) => Err(AssertionError::Encrypted),
        (1, 0) => root
            .only_child(saml("Assertion"))
            .map(Element::node)
            .ok_or(AssertionError::Malformed),
        _ => Err(AssertionError::Malformed),
    }
}
