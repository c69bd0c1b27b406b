//! Checking metadata documents and private keys of SAML providers.

use keyward_faults::{Fault, fault};
use keyward_names::Secret;
use keyward_saml::{Metadata, MetadataError, PrivateKey};

/// Refuses a text that is not a metadata document of an identity provider. A document of ten
/// million characters takes a good part of a second to read, so it is read apart from the threads
/// that serve requests.
pub(crate) async fn check_metadata(xml: &str) -> Result<(), Fault> {
    let xml = xml.to_owned();
    let judged = tokio::task::spawn_blocking(move || Metadata::parse(&xml).map(drop));
    judged
        .await
        .map_err(Fault::internal)?
        .map_err(|error| match error {
            MetadataError::Unreadable => fault::unreadable_metadata(),
            MetadataError::NoIssuer => fault::metadata_without_issuer(),
        })
}

/// Refuses a text that is not a private key in PEM: PKCS#1, PKCS#8 or SEC 1, RSA or EC.
pub(crate) fn check_private_key(pem: &Secret) -> Result<(), Fault> {
    PrivateKey::parse(pem.expose())
        .map(drop)
        .map_err(|_| fault::unreadable_private_key())
}
