//! What an identity provider publishes about itself.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra_keys::{Key, KeysManager, loader};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::{Decode as _, Encode as _};

use crate::xml::{self, Element, dsig, metadata};

/// The most tags of a document. An aggregate of a federation has about a hundred for each provider.
const MOST_MARKUP: usize = 500_000;

/// The most signing keys of one identity provider. Each may be tried on each signature.
const MOST_KEYS: usize = 100;

/// The identity providers of a metadata document, each with the keys that it signs with.
#[derive(Clone)]
pub struct Metadata {
    providers: BTreeMap<String, Vec<Key>>,
}

/// A metadata document that is refused, in the words of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// It is not XML, not metadata, or something in it that is needed can't be read.
    #[error("Could not parse metadata")]
    Unreadable,
    /// No entity in it is an identity provider.
    #[error("SAML Providers must reference at least one SAML assertion issuer.")]
    NoIssuer,
}

impl Metadata {
    /// Reads a document of at most ten million characters: one entity, or a list of them that may
    /// hold further lists. Only what identity providers sign with is read: until when the document
    /// is valid, and whether it is signed, is for the one who uploads it to judge.
    pub fn parse(text: &str) -> Result<Self, MetadataError> {
        let document = xml::parse(text, MOST_MARKUP).ok_or(MetadataError::Unreadable)?;
        let root = xml::root(&document).ok_or(MetadataError::Unreadable)?;
        let mut providers = BTreeMap::new();
        if root.is(metadata("EntityDescriptor")) {
            read_entity(root, &mut providers)?;
        } else if root.is(metadata("EntitiesDescriptor")) {
            for entity in root.descendants_named(metadata("EntityDescriptor")) {
                read_entity(entity, &mut providers)?;
            }
        } else {
            return Err(MetadataError::Unreadable);
        }
        if providers.is_empty() {
            return Err(MetadataError::NoIssuer);
        }
        Ok(Self { providers })
    }

    /// The entity ids of the identity providers: the issuers of their assertions.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.providers.keys().map(String::as_str)
    }

    /// The keys that an issuer signs with, or `None` where the metadata does not know it.
    pub(crate) fn keys_of(&self, issuer: &str) -> Option<KeysManager> {
        let keys = self.providers.get(issuer)?;
        let mut manager = KeysManager::new();
        manager.add_keys(keys.iter().cloned());
        Some(manager)
    }
}

impl std::fmt::Debug for Metadata {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = self.providers.iter().map(|(id, keys)| (id, keys.len()));
        formatter.debug_map().entries(counts).finish()
    }
}

/// Adds the entity if it is an identity provider. An entity told twice has the keys of both.
fn read_entity(
    entity: Element<'_>,
    providers: &mut BTreeMap<String, Vec<Key>>,
) -> Result<(), MetadataError> {
    for provider in entity.children_named(metadata("IDPSSODescriptor")) {
        let id = entity
            .attribute("entityID")
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .ok_or(MetadataError::Unreadable)?;
        let keys = providers.entry(id.to_owned()).or_default();
        for descriptor in provider.children_named(metadata("KeyDescriptor")) {
            // Without a use, a key is for both.
            if descriptor.attribute("use").unwrap_or("signing") == "signing" {
                read_keys(descriptor, keys)?;
            }
        }
    }
    Ok(())
}

fn read_keys(descriptor: Element<'_>, keys: &mut Vec<Key>) -> Result<(), MetadataError> {
    let infos = descriptor.children_named(dsig("KeyInfo"));
    for data in infos.flat_map(|info| info.children_named(dsig("X509Data"))) {
        // The first is the provider's own. Others are of those who vouch for it, who must not be
        // able to sign in its place.
        let Some(certificate) = data.children_named(dsig("X509Certificate")).next() else {
            continue;
        };
        let read = certificate.text().and_then(|text| read_certificate(&text));
        // Keys that can't verify anything we accept, such as DSA's, are left out.
        keys.extend(read.ok_or(MetadataError::Unreadable)?);
        if keys.len() > MOST_KEYS {
            return Err(MetadataError::Unreadable);
        }
    }
    Ok(())
}

/// The public key in a certificate, or `Some(None)` if it is of a kind that is not used. Nothing
/// else of the certificate counts, as with the service: neither its dates nor who signed it.
fn read_certificate(text: &str) -> Option<Option<Key>> {
    let packed: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let der = STANDARD.decode(packed).ok()?;
    let certificate = CertificateInner::<Raw>::from_der(&der).ok()?;
    let key = certificate.tbs_certificate.subject_public_key_info;
    Some(loader::load_spki_der(&key.to_der().ok()?).ok())
}
