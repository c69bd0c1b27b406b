//! Replaces the metadata of a SAML provider, adds or removes a private key, or sets whether assertions
//! must be encrypted.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLMetadataDocument` |  | text of 1000 to 10000000 characters |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//! | `AssertionEncryptionMode` |  | one of `Required`, `Allowed` |
//! | `AddPrivateKey` |  | secret text of 1 to 16384 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `RemovePrivateKey` |  | text of 22 to 64 characters, `[A-Z0-9]+` |
//! | `ContextProvider` |  | structure of `KeyDefinitionList`, `SubjectSourceKey`, `SubjectTypeValue`, `SubjectTypeSourceKey` |
//! | `IdentityCenterInstanceArn` |  | text of 1 to 1224 characters |
//! | `RemoveContextProvider` |  | boolean |
//! | `RemoveIdentityCenterInstance` |  | boolean |
//!
//! Permission: `iam:UpdateSAMLProvider`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `LimitExceeded` (409), `ServiceFailure` (500), `ConcurrentModification` (409).
//!
//! <!-- end of facts -->

use keyward_account::{AssertionEncryption, MetadataDocument, SamlPrivateKey, SamlProvider};
use keyward_api::OperationId;
use keyward_api::iam::{UpdateSAMLProviderRequest, UpdateSAMLProviderResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::PreciseTimestamp;

use super::{change, existing, find, kept_mode, sealed_key};
use crate::iam::shared::saml_metadata::check_metadata;
use crate::iam::shared::trusted_identity_propagation::Propagation;

pub(crate) async fn update_saml_provider(
    call: Call<UpdateSAMLProviderRequest>,
) -> Outcome<UpdateSAMLProviderResponse> {
    let input = call.input();
    let arn = &input.saml_provider_arn;
    let provider = find(call.account(), arn);
    let permit = call.authorize(Resource::saml_provider(arn, provider))?;
    let propagation = Propagation {
        context_provider: input.context_provider.as_ref(),
        identity_center_instance: input.identity_center_instance_arn.as_deref(),
        remove_context_provider: input.remove_context_provider,
        remove_identity_center_instance: input.remove_identity_center_instance,
    };
    propagation.check_not_asked(OperationId::IamUpdateSAMLProvider)?;
    check_request(input)?;
    existing(call.account(), arn)?;
    if let Some(metadata) = &input.saml_metadata_document {
        check_metadata(metadata).await?;
    }
    let added = input.add_private_key.as_ref();
    let update = Update {
        metadata: input
            .saml_metadata_document
            .as_deref()
            .map(MetadataDocument::new),
        encryption: input.assertion_encryption_mode.map(kept_mode),
        added: added.map(|pem| sealed_key(&call, pem)).transpose()?,
        removed: input.remove_private_key.clone(),
        now: call.precise_now(),
    };
    let answer = UpdateSAMLProviderResponse {
        saml_provider_arn: Some(arn.clone()),
    };
    change(&call, permit, answer, arn, move |provider| {
        update.applied_to(provider)
    })
    .await
}

/// Checks the parts of the request that do not depend on the provider.
fn check_request(input: &UpdateSAMLProviderRequest) -> Result<(), Fault> {
    let (adds, removes) = (
        input.add_private_key.is_some(),
        input.remove_private_key.is_some(),
    );
    if adds && removes {
        return Err(fault::private_key_added_and_removed());
    }
    let has_more =
        input.saml_metadata_document.is_some() || input.assertion_encryption_mode.is_some();
    if !(adds || removes || has_more) {
        return Err(fault::nothing_to_update());
    }
    Ok(())
}

/// The changes that a request makes.
struct Update {
    metadata: Option<MetadataDocument>,
    encryption: Option<AssertionEncryption>,
    added: Option<SamlPrivateKey>,
    removed: Option<String>,
    now: PreciseTimestamp,
}

impl Update {
    fn applied_to(&self, provider: &SamlProvider) -> Result<SamlProvider, Fault> {
        let mut updated = provider.clone();
        if let Some(metadata) = &self.metadata {
            updated.metadata = metadata.clone();
            updated.valid_until = self.now.a_century_later();
        }
        if let Some(key) = &self.added {
            if provider.private_keys.len() >= SamlProvider::PRIVATE_KEYS {
                return Err(fault::too_many_private_keys(SamlProvider::PRIVATE_KEYS));
            }
            let keys = provider.private_keys.iter().chain([key]);
            updated.private_keys = keys.cloned().collect();
        }
        if let Some(id) = &self.removed {
            let kept = provider.private_keys.iter();
            let kept = kept.filter(|key| key.id.as_str() != id);
            updated.private_keys = kept.cloned().collect();
            if updated.private_keys.len() == provider.private_keys.len() {
                return Err(fault::private_key_not_removed());
            }
        }
        updated.encryption = self.encryption.unwrap_or(provider.encryption);
        let is_locked_out =
            updated.encryption == AssertionEncryption::Required && updated.private_keys.is_empty();
        match (is_locked_out, &self.removed) {
            (false, _) => Ok(updated),
            (true, Some(_)) => Err(fault::private_key_not_removed()),
            (true, None) => Err(fault::no_key_for_encryption()),
        }
    }
}
