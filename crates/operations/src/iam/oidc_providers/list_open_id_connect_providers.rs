//! Lists the OpenID Connect providers, all at once.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:ListOpenIDConnectProviders`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{
    ListOpenIDConnectProvidersRequest, ListOpenIDConnectProvidersResponse,
    OpenIDConnectProviderListEntry,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

pub(crate) async fn list_open_id_connect_providers(
    call: Call<ListOpenIDConnectProvidersRequest>,
) -> Outcome<ListOpenIDConnectProvidersResponse> {
    let account = call.account();
    let permit = call.authorize(Resource::any())?;
    let arns = account
        .oidc_providers()
        .map(|provider| provider.arn(account.id()));
    permit.answer(ListOpenIDConnectProvidersResponse {
        open_id_connect_provider_list: Some(
            arns.map(|arn| OpenIDConnectProviderListEntry {
                arn: Some(arn),
                is_trusted_identity_propagation_enabled: None,
            })
            .collect(),
        ),
    })
}
