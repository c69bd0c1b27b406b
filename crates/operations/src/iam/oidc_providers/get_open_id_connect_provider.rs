//! Shows an OpenID Connect provider.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:GetOpenIDConnectProvider`.
//! Faults: `InvalidInput` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{existing, find};
use crate::iam::shared::tags;

pub(crate) async fn get_open_id_connect_provider(
    call: Call<GetOpenIDConnectProviderRequest>,
) -> Outcome<GetOpenIDConnectProviderResponse> {
    let arn = &call.input().open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let permit = call.authorize(Resource::oidc_provider(arn, provider))?;
    let provider = existing(call.account(), arn)?;
    let texts = |texts: &[Box<str>]| texts.iter().map(|text| text.to_string()).collect();
    permit.answer(GetOpenIDConnectProviderResponse {
        context_provider: None,
        identity_center_instance_arn: None,
        identity_store_arn: None,
        url: Some(provider.url.to_string()),
        client_id_list: Some(texts(&provider.client_ids)),
        thumbprint_list: Some(texts(&provider.thumbprints)),
        create_date: Some(provider.created),
        tags: Some(tags::shown(&provider.tags)),
    })
}
