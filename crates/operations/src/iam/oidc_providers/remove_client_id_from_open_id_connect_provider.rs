//! Removes a client id from an OpenID Connect provider, so that tokens for it are refused; if it
//! does not have the client id, that is no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//! | `ClientID` | required | text of 1 to 255 characters |
//!
//! Permission: `iam:RemoveClientIDFromOpenIDConnectProvider`.
//! Faults: `ConcurrentModification` (409), `InvalidInput` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::OidcProvider;
use keyward_api::iam::RemoveClientIDFromOpenIDConnectProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{change, find};

pub(crate) async fn remove_client_id_from_open_id_connect_provider(
    call: Call<RemoveClientIDFromOpenIDConnectProviderRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = &input.open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::oidc_provider(arn, provider);
    let permit = call.authorize(resource)?;
    let client_id = input.client_id.clone();
    change(&call, permit, arn, move |provider: &OidcProvider| {
        let kept = provider.client_ids.iter();
        let kept = kept.filter(|known| ***known != *client_id);
        Ok(OidcProvider {
            client_ids: kept.cloned().collect(),
            ..provider.clone()
        })
    })
    .await
}
