//! Replaces the thumbprints of an OpenID Connect provider.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//! | `ThumbprintList` | required | list of: text of 40 characters |
//!
//! Permission: `iam:UpdateOpenIDConnectProviderThumbprint`.
//! Faults: `ConcurrentModification` (409), `InvalidInput` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::OidcProvider;
use keyward_api::iam::UpdateOpenIDConnectProviderThumbprintRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{change, existing, find, kept_thumbprints};

pub(crate) async fn update_open_id_connect_provider_thumbprint(
    call: Call<UpdateOpenIDConnectProviderThumbprintRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = &input.open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::oidc_provider(arn, provider);
    let permit = call.authorize(resource)?;
    existing(call.account(), arn)?;
    if input.thumbprint_list.is_empty() {
        return Err(fault::no_thumbprints().into());
    }
    let thumbprints = kept_thumbprints(&input.thumbprint_list)?;
    change(&call, permit, arn, move |provider: &OidcProvider| {
        Ok(OidcProvider {
            thumbprints: thumbprints.clone(),
            ..provider.clone()
        })
    })
    .await
}
