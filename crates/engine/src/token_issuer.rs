//! The account as an issuer of tokens: its keys, and what it publishes so that others can verify
//! its tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_account::OutboundFederation;
use keyward_faults::Fault;
use keyward_names::Secret;
use keyward_store::StoreError;
use keyward_web_identity::{SigningKeys, SigningKeysError, discovery_document};
use zeroize::Zeroizing;

use crate::accounts::AccountHandle;
use crate::installation::Installation;
use crate::rows::TOKEN_ISSUER_KIND;

/// What is published below an issuer, as JSON. It stays published while issuing tokens is disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerDocuments {
    /// The document at `/.well-known/openid-configuration`.
    pub discovery: String,
    /// The document at `/.well-known/jwks.json`.
    pub key_set: String,
}

/// The keys of an issuer can't be opened or read. It does not say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keys that tokens are signed with can't be opened")]
pub struct TokenKeysError;

impl Installation {
    /// What an issuer publishes. `label` is the UUID in its URL, in lower case. `None` where no
    /// account has this label.
    pub async fn issuer_documents(
        &self,
        label: &str,
    ) -> Result<Option<IssuerDocuments>, StoreError> {
        let Some(account) = self.store.directory(TOKEN_ISSUER_KIND, label).await? else {
            return Ok(None);
        };
        let Some(handle) = self.accounts.get(account).await? else {
            return Ok(None);
        };
        let account = handle.account();
        let federation = account.outbound_federation();
        let federation = federation.filter(|federation| *federation.issuer_label == *label);
        Ok(federation.map(|federation| IssuerDocuments {
            discovery: discovery_document(&self.token_issuer(label)),
            key_set: federation.key_set.to_string(),
        }))
    }
}

impl AccountHandle {
    /// The keys that the account's tokens are signed with. `None` if issuing tokens was never
    /// enabled.
    pub fn token_signing_keys(&self) -> Result<Option<SigningKeys>, TokenKeysError> {
        let account = self.account();
        let Some(federation) = account.outbound_federation() else {
            return Ok(None);
        };
        let context = OutboundFederation::seal_context(&federation.issuer_label);
        let opened = self.data_key().open(&context, &federation.signing_keys);
        let text = opened.map_err(|_| TokenKeysError)?;
        read_keys(&text).map(Some).ok_or(TokenKeysError)
    }
}

/// Makes the keys of a new issuer, which takes a while.
pub async fn make_keys() -> Result<SigningKeys, Fault> {
    let made = tokio::task::spawn_blocking(SigningKeys::generate).await;
    made.map_err(Fault::internal)?
        .map_err(|error: SigningKeysError| Fault::internal(error))
}

/// Both keys as the text that is sealed: base64, with a full stop between them.
#[must_use]
pub fn write_keys(keys: &SigningKeys) -> Secret {
    let rsa = Zeroizing::new(STANDARD.encode(keys.rsa_pkcs8()));
    let p384 = Zeroizing::new(STANDARD.encode(keys.p384_pkcs8()));
    Secret::new(format!("{}.{}", *rsa, *p384))
}

fn read_keys(text: &[u8]) -> Option<SigningKeys> {
    let (rsa, p384) = std::str::from_utf8(text).ok()?.split_once('.')?;
    let rsa = Zeroizing::new(STANDARD.decode(rsa).ok()?);
    let p384 = Zeroizing::new(STANDARD.decode(p384).ok()?);
    SigningKeys::from_pkcs8(&rsa, &p384).ok()
}
