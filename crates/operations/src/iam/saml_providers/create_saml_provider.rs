//! Makes a SAML provider, whose assertions the account trusts from then on.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLMetadataDocument` | required | text of 1000 to 10000000 characters |
//! | `Name` | required | text of 1 to 128 characters, `[\w._-]+` |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//! | `AssertionEncryptionMode` |  | one of `Required`, `Allowed` |
//! | `AddPrivateKey` |  | secret text of 1 to 16384 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `ContextProvider` |  | structure of `KeyDefinitionList`, `SubjectSourceKey`, `SubjectTypeValue`, `SubjectTypeSourceKey` |
//! | `IdentityCenterInstanceArn` |  | text of 1 to 1224 characters |
//!
//! Permission: `iam:CreateSAMLProvider`.
//! Faults: `InvalidInput` (400), `EntityAlreadyExists` (409), `LimitExceeded` (409), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{
    Account, AssertionEncryption, Changes, MetadataDocument, Record, SamlProvider,
};
use keyward_api::OperationId;
use keyward_api::iam::{CreateSAMLProviderRequest, CreateSAMLProviderResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::SamlProviderId;

use super::{kept_mode, sealed_key};
use crate::iam::shared::provider_arn::ProviderKind;
use crate::iam::shared::saml_metadata::check_metadata;
use crate::iam::shared::tags;
use crate::iam::shared::trusted_identity_propagation::Propagation;

pub(crate) async fn create_saml_provider(
    call: Call<CreateSAMLProviderRequest>,
) -> Outcome<CreateSAMLProviderResponse> {
    let input = call.input();
    let arn = ProviderKind::Saml.arn(call.account().id(), &input.name);
    let given = input.tags.as_deref().unwrap_or_default();
    let resource = Resource::by_arn(&arn).given_tags(given);
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        permit = call.authorize_also(permit, OperationId::IamTagSAMLProvider, resource)?;
    }
    let propagation = Propagation {
        context_provider: input.context_provider.as_ref(),
        identity_center_instance: input.identity_center_instance_arn.as_deref(),
        ..Propagation::default()
    };
    propagation.check_not_asked(OperationId::IamCreateSAMLProvider)?;
    let checked_tags = tags::check_exactly(given)?;
    check_metadata(&input.saml_metadata_document).await?;
    let key = input.add_private_key.as_ref();
    let key = key.map(|pem| sealed_key(&call, pem)).transpose()?;
    let encryption = input.assertion_encryption_mode.map(kept_mode);
    let encryption = encryption.unwrap_or_default();
    if encryption == AssertionEncryption::Required && key.is_none() {
        return Err(fault::no_key_for_encryption().into());
    }
    let created = call.precise_now();
    let provider = SamlProvider {
        id: SamlProviderId::mint(call.random()?),
        name: input.name.as_str().into(),
        metadata: MetadataDocument::new(&input.saml_metadata_document),
        created,
        valid_until: created.a_century_later(),
        encryption,
        private_keys: key.into_iter().collect(),
        tags: tags::added_exactly(&[], &checked_tags)?,
    };
    let quota = call.quotas().saml_providers_per_account;
    let answer = CreateSAMLProviderResponse {
        saml_provider_arn: Some(arn),
        tags: (!given.is_empty()).then(|| given.to_vec()),
    };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        if account.saml_provider(&provider.name).is_some() {
            return Err(fault::saml_provider_already_exists(&provider.name).into());
        }
        if account.saml_providers().len() >= quota {
            return Err(fault::quota_exceeded("SAMLProvidersPerAccount", quota).into());
        }
        Ok((Changes::put(Record::SamlProvider(provider.clone())), ()))
    })
    .await
}
