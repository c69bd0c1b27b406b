//! Adds tags to an OpenID Connect provider, or overwrites those it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OpenIDConnectProviderArn` | required | text of 20 to 2048 characters |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagOpenIDConnectProvider`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::OidcProvider;
use keyward_api::iam::TagOpenIDConnectProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{change, existing, find};
use crate::iam::shared::tags;

pub(crate) async fn tag_open_id_connect_provider(
    call: Call<TagOpenIDConnectProviderRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = &input.open_id_connect_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::oidc_provider(arn, provider).given_tags(&input.tags);
    let permit = call.authorize(resource)?;
    existing(call.account(), arn)?;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_exactly(&input.tags)?;
    change(&call, permit, arn, move |provider: &OidcProvider| {
        Ok(OidcProvider {
            tags: tags::added_exactly(&provider.tags, &added)?,
            ..provider.clone()
        })
    })
    .await
}
