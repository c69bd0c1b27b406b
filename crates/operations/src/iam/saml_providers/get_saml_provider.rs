//! Shows a SAML provider with its metadata, and the ids of its private keys.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:GetSAMLProvider`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetSAMLProviderRequest, GetSAMLProviderResponse, SAMLPrivateKey};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{existing, find, shown_mode};
use crate::iam::shared::tags;

pub(crate) async fn get_saml_provider(
    call: Call<GetSAMLProviderRequest>,
) -> Outcome<GetSAMLProviderResponse> {
    let arn = &call.input().saml_provider_arn;
    let provider = find(call.account(), arn);
    let permit = call.authorize(Resource::saml_provider(arn, provider))?;
    let provider = existing(call.account(), arn)?;
    let keys = provider.private_keys.iter().map(|key| SAMLPrivateKey {
        key_id: Some(key.id.to_string()),
        timestamp: Some(key.added),
    });
    permit.answer(GetSAMLProviderResponse {
        context_provider: None,
        identity_center_instance_arn: None,
        identity_store_arn: None,
        saml_key_hashes: None,
        saml_provider_uuid: Some(provider.id.to_string()),
        saml_metadata_document: Some(provider.metadata.text().to_owned()),
        create_date: Some(provider.created),
        valid_until: Some(provider.valid_until),
        tags: Some(tags::shown(&provider.tags)),
        assertion_encryption_mode: Some(shown_mode(provider.encryption)),
        private_key_list: Some(keys.collect()),
    })
}
