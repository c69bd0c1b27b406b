//! Makes an OpenID Connect provider, whose tokens the account trusts from then on.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Url` | required | text of 1 to 255 characters |
//! | `ClientIDList` |  | list of: text of 1 to 255 characters |
//! | `ThumbprintList` |  | list of: text of 40 characters |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//! | `ContextProvider` |  | structure of `KeyDefinitionList`, `SubjectSourceKey`, `SubjectTypeValue`, `SubjectTypeSourceKey` |
//! | `IdentityCenterInstanceArn` |  | text of 1 to 1224 characters |
//!
//! Permission: `iam:CreateOpenIDConnectProvider`.
//! Faults: `InvalidInput` (400), `EntityAlreadyExists` (409), `LimitExceeded` (409), `ConcurrentModification` (409), `ServiceFailure` (500), `OpenIdIdpCommunicationError` (400).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, OidcProvider, Record};
use keyward_api::OperationId;
use keyward_api::iam::{CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};

use super::{check_client_ids, each_once, kept_thumbprints};
use crate::iam::shared::oidc_url::{kept_url, without_scheme};
use crate::iam::shared::provider_arn::ProviderKind;
use crate::iam::shared::tags;
use crate::iam::shared::trusted_identity_propagation::Propagation;

pub(crate) async fn create_open_id_connect_provider(
    call: Call<CreateOpenIDConnectProviderRequest>,
) -> Outcome<CreateOpenIDConnectProviderResponse> {
    let input = call.input();
    let url = kept_url(&input.url);
    let named = match &url {
        Ok(url) => url,
        Err(_) => without_scheme(&input.url).unwrap_or(&input.url),
    };
    let arn = ProviderKind::Oidc.arn(call.account().id(), named);
    let given = input.tags.as_deref().unwrap_or_default();
    let resource = Resource::by_arn(&arn).given_tags(given);
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        permit = call.authorize_also(permit, OperationId::IamTagOpenIDConnectProvider, resource)?;
    }
    let propagation = Propagation {
        context_provider: input.context_provider.as_ref(),
        identity_center_instance: input.identity_center_instance_arn.as_deref(),
        ..Propagation::default()
    };
    propagation.check_not_asked(OperationId::IamCreateOpenIDConnectProvider)?;
    let url = url?;
    let checked_tags = tags::check_exactly(given)?;
    let client_ids = input.client_id_list.iter().flatten().map(String::as_str);
    let client_ids = each_once(client_ids);
    check_client_ids(client_ids.len(), call.quotas().client_ids_per_oidc_provider)?;
    let thumbprints = kept_thumbprints(input.thumbprint_list.as_deref().unwrap_or_default())?;
    let quota = call.quotas().oidc_providers_per_account;
    let asked_for = input.url.clone();
    let fits = move |account: &Account, url: &str| -> Result<(), Fault> {
        if account.oidc_provider(url).is_some() {
            return Err(fault::oidc_provider_already_exists(&asked_for));
        }
        if account.oidc_providers().len() >= quota {
            return Err(fault::quota_exceeded(
                "OpenIdConnectProvidersPerAccount",
                quota,
            ));
        }
        Ok(())
    };
    // Checked here too, so that no provider is called for a request that will be refused.
    fits(call.account(), &url)?;
    let thumbprints = if thumbprints.is_empty() {
        shown_thumbprints(&call, &url).await?
    } else {
        thumbprints
    };
    let provider = OidcProvider {
        url,
        client_ids: client_ids.into(),
        thumbprints,
        created: call.precise_now(),
        tags: tags::added_exactly(&[], &checked_tags)?,
    };
    let answer = CreateOpenIDConnectProviderResponse {
        open_id_connect_provider_arn: Some(arn),
        tags: (!given.is_empty()).then(|| given.to_vec()),
    };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        fits(account, &provider.url)?;
        Ok((Changes::put(Record::OidcProvider(provider.clone())), ()))
    })
    .await
}

/// The thumbprint of the certificate that the provider itself presents.
async fn shown_thumbprints(
    call: &Call<CreateOpenIDConnectProviderRequest>,
    url: &str,
) -> Result<Box<[Box<str>]>, Fault> {
    let issuer = format!("https://{url}");
    let thumbprint = call.identity_providers().thumbprint(&issuer).await;
    let thumbprint =
        thumbprint.map_err(|error| fault::oidc_provider_unreachable(&issuer).caused_by(error))?;
    Ok(thumbprint
        .into_iter()
        .map(|thumbprint| thumbprint.to_ascii_lowercase().into())
        .collect())
}
