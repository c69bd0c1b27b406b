//! Takes tags from a SAML provider; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagSAMLProvider`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::SamlProvider;
use keyward_api::iam::UntagSAMLProviderRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{change, existing, find};
use crate::iam::shared::tags;

pub(crate) async fn untag_saml_provider(call: Call<UntagSAMLProviderRequest>) -> Outcome<()> {
    let input = call.input();
    let arn = &input.saml_provider_arn;
    let provider = find(call.account(), arn);
    let resource = Resource::saml_provider(arn, provider).losing_tags(&input.tag_keys);
    let permit = call.authorize(resource)?;
    existing(call.account(), arn)?;
    if input.tag_keys.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let keys = input.tag_keys.clone();
    change(&call, permit, (), arn, move |provider: &SamlProvider| {
        Ok(SamlProvider {
            tags: tags::removed_exactly(&provider.tags, &keys),
            ..provider.clone()
        })
    })
    .await
}
