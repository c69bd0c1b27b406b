//! Lists the SAML providers, all at once.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:ListSAMLProviders`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{
    ListSAMLProvidersRequest, ListSAMLProvidersResponse, SAMLProviderListEntry,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

pub(crate) async fn list_saml_providers(
    call: Call<ListSAMLProvidersRequest>,
) -> Outcome<ListSAMLProvidersResponse> {
    let account = call.account();
    let permit = call.authorize(Resource::any())?;
    let entries = account
        .saml_providers()
        .map(|provider| SAMLProviderListEntry {
            is_trusted_identity_propagation_enabled: None,
            arn: Some(provider.arn(account.id())),
            valid_until: Some(provider.valid_until),
            create_date: Some(provider.created),
        });
    permit.answer(ListSAMLProvidersResponse {
        saml_provider_list: Some(entries.collect()),
    })
}
