//! Adds tags to a SAML provider, or overwrites those it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagSAMLProvider`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::SamlProvider;
use keyward_api::iam::TagSAMLProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{change, existing, find};
use crate::iam::shared::tags;

pub(crate) async fn tag_saml_provider(call: Call<TagSAMLProviderRequest>) -> Outcome<()> {
    let input = call.input();
    let arn = &input.saml_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::saml_provider(arn, provider).given_tags(&input.tags);
    let permit = call.authorize(resource)?;
    existing(call.account(), arn)?;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_exactly(&input.tags)?;
    change(&call, permit, (), arn, move |provider: &SamlProvider| {
        Ok(SamlProvider {
            tags: tags::added_exactly(&provider.tags, &added)?,
            ..provider.clone()
        })
    })
    .await
}
