//! What SAML providers are given to be judged: metadata documents and private keys.

use keyward_names::Secret;

use crate::fault::{self, Fault};

/// Refuses what is no metadata document of an identity provider.
// TODO(join): keyward_saml: `Metadata::parse`. That the elements are named somewhere is a stand-in only.
pub(crate) fn check_metadata(xml: &str) -> Result<(), Fault> {
    let is_metadata = xml.contains("EntityDescriptor") || xml.contains("EntitiesDescriptor");
    if !is_metadata {
        return Err(fault::unreadable_metadata());
    }
    if !xml.contains("IDPSSODescriptor") {
        return Err(fault::metadata_without_issuer());
    }
    Ok(())
}

/// Refuses what is no private key as PEM: PKCS#1 or PKCS#8, RSA or EC.
// TODO(join): keyward_saml: `PrivateKey::parse`. That the lines around the key are there is a stand-in
// only.
pub(crate) fn check_private_key(pem: &Secret) -> Result<(), Fault> {
    let pem = pem.expose().trim();
    let is_framed = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"]
        .iter()
        .any(|label| {
            pem.strip_prefix(&format!("-----BEGIN {label}-----"))
                .is_some_and(|rest| rest.ends_with(&format!("-----END {label}-----")))
        });
    if is_framed {
        Ok(())
    } else {
        Err(fault::unreadable_private_key())
    }
}
