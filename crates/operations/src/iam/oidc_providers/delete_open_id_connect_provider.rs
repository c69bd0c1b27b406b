//! Deletes an OpenID Connect provider. Roles that trust it stay, and can no longer be assumed by
//! its tokens.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DeleteOpenIDConnectProvider`.
//! Faults: `InvalidInput` (400), `NoSuchEntity` (404), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteOpenIDConnectProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};

use super::find;
use crate::iam::shared::provider_arn::{ProviderKind, check_provider_arn};

pub(crate) async fn delete_open_id_connect_provider(
    call: Call<DeleteOpenIDConnectProviderRequest>,
) -> Outcome<()> {
    let arn = call.input().open_id_connect_provider_arn.clone();
    let provider = find(call.account(), &arn);
    let permit = call.authorize(Resource::oidc_provider(&arn, provider))?;
    check_provider_arn(ProviderKind::Oidc, &arn)?;
    let url_in = move |account: &Account| -> Result<Box<str>, Fault> {
        let provider = find(account, &arn);
        let provider = provider.ok_or_else(|| fault::no_such_oidc_provider_to_delete(&arn))?;
        Ok(provider.url.clone())
    };
    url_in(call.account())?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let url = url_in(account)?;
        Ok((Changes::delete(RecordKey::OidcProvider(url)), ()))
    })
    .await
}
