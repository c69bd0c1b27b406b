//! SAML providers, whose assertions an account trusts.

pub(crate) mod create_saml_provider;
pub(crate) mod delete_saml_provider;
pub(crate) mod get_saml_provider;
pub(crate) mod list_saml_provider_tags;
pub(crate) mod list_saml_providers;
pub(crate) mod tag_saml_provider;
pub(crate) mod untag_saml_provider;
pub(crate) mod update_saml_provider;

use keyward_account::{
    Account, AssertionEncryption, Changes, Record, SamlPrivateKey, SamlProvider,
};
use keyward_api::Output;
use keyward_api::iam::AssertionEncryptionModeType;
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};
use keyward_names::{SamlPrivateKeyId, Secret};

use crate::iam::shared::provider_arn::{ProviderKind, check_provider_arn};
use crate::iam::shared::saml_metadata::check_private_key;

/// The provider with an ARN, if it exists.
fn find<'a>(account: &'a Account, arn: &str) -> Option<&'a SamlProvider> {
    account.saml_provider_by_arn(arn)
}

/// The provider with an ARN, or the fault that it does not exist, for a caller with the right to
/// know.
fn existing<'a>(account: &'a Account, arn: &str) -> Result<&'a SamlProvider, Fault> {
    check_provider_arn(ProviderKind::Saml, arn)?;
    find(account, arn).ok_or_else(|| fault::no_such_saml_provider(arn))
}

/// Changes a provider. If nothing changes, nothing is written.
async fn change<I, O: Output>(
    call: &Call<I>,
    permit: Permit,
    output: O,
    arn: &str,
    updated: impl Fn(&SamlProvider) -> Result<SamlProvider, Fault> + Send + 'static,
) -> Outcome<O> {
    let arn = arn.to_owned();
    call.commit_and_answer(permit, output, move |account: &Account| {
        let provider = existing(account, &arn)?;
        let updated = updated(provider)?;
        let changes = if updated == *provider {
            Changes::none()
        } else {
            Changes::put(Record::SamlProvider(updated))
        };
        Ok((changes, ()))
    })
    .await
}

/// Checks and seals the private key in a request.
fn sealed_key<I>(call: &Call<I>, pem: &Secret) -> Result<SamlPrivateKey, Fault> {
    check_private_key(pem)?;
    let id = SamlPrivateKeyId::mint(call.random()?);
    Ok(SamlPrivateKey {
        id,
        added: call.precise_now(),
        pem: call.seal(&SamlPrivateKey::seal_context(id), pem)?,
    })
}

/// The encryption mode that a request sets.
fn kept_mode(mode: AssertionEncryptionModeType) -> AssertionEncryption {
    match mode {
        AssertionEncryptionModeType::Required => AssertionEncryption::Required,
        AssertionEncryptionModeType::Allowed => AssertionEncryption::Allowed,
    }
}

/// The encryption mode as answers show it.
fn shown_mode(mode: AssertionEncryption) -> AssertionEncryptionModeType {
    match mode {
        AssertionEncryption::Required => AssertionEncryptionModeType::Required,
        AssertionEncryption::Allowed => AssertionEncryptionModeType::Allowed,
    }
}
