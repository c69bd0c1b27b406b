//! Deletes a SAML provider. Roles that trust it stay, and can no longer be assumed by its
//! assertions.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DeleteSAMLProvider`.
//! Faults: `InvalidInput` (400), `LimitExceeded` (409), `NoSuchEntity` (404), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteSAMLProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{existing, find};

pub(crate) async fn delete_saml_provider(call: Call<DeleteSAMLProviderRequest>) -> Outcome<()> {
    let arn = call.input().saml_provider_arn.clone();
    let provider = find(call.account(), &arn);
    let permit = call.authorize(Resource::saml_provider(&arn, provider))?;
    existing(call.account(), &arn)?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let name = existing(account, &arn)?.name.clone();
        Ok((Changes::delete(RecordKey::SamlProvider(name)), ()))
    })
    .await
}
