//! Takes tags from an OpenID Connect provider; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagOpenIDConnectProvider`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::OidcProvider;
use keyward_api::iam::UntagOpenIDConnectProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{change, existing, find};
use crate::iam::shared::tags;

pub(crate) async fn untag_open_id_connect_provider(
    call: Call<UntagOpenIDConnectProviderRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = &input.open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::oidc_provider(arn, provider).losing_tags(&input.tag_keys);
    let permit = call.authorize(resource)?;
    existing(call.account(), arn)?;
    if input.tag_keys.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let keys = input.tag_keys.clone();
    change(&call, permit, arn, move |provider: &OidcProvider| {
        Ok(OidcProvider {
            tags: tags::removed_exactly(&provider.tags, &keys),
            ..provider.clone()
        })
    })
    .await
}
