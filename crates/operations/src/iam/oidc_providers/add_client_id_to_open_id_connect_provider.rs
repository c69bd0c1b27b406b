//! Adds a client id to an OpenID Connect provider, so that tokens for it are accepted; if it has
//! the client id already, that is no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//! | `ClientID` | required | text of 1 to 255 characters |
//!
//! Permission: `iam:AddClientIDToOpenIDConnectProvider`.
//! Faults: `ConcurrentModification` (409), `InvalidInput` (400), `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::OidcProvider;
use keyward_api::iam::AddClientIDToOpenIDConnectProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{change, check_client_ids, each_once, find};

pub(crate) async fn add_client_id_to_open_id_connect_provider(
    call: Call<AddClientIDToOpenIDConnectProviderRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = &input.open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::oidc_provider(arn, provider);
    let permit = call.authorize(resource)?;
    let client_id = input.client_id.clone();
    let quota = call.quotas().client_ids_per_oidc_provider;
    change(&call, permit, arn, move |provider: &OidcProvider| {
        let known = provider.client_ids.iter().map(|known| &**known);
        let client_ids = each_once(known.chain([client_id.as_str()]));
        if client_ids.len() > provider.client_ids.len() {
            check_client_ids(client_ids.len(), quota)?;
        }
        Ok(OidcProvider {
            client_ids: client_ids.into(),
            ..provider.clone()
        })
    })
    .await
}
