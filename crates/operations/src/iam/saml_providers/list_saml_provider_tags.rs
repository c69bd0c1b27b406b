//! Lists the tags of a SAML provider.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `SAMLProviderArn` | required | text of 20 to 2048 characters |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListSAMLProviderTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500), `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListSAMLProviderTagsRequest, ListSAMLProviderTagsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::{existing, find};
use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_saml_provider_tags(
    call: Call<ListSAMLProviderTagsRequest>,
) -> Outcome<ListSAMLProviderTagsResponse> {
    let input = call.input();
    let arn = &input.saml_provider_arn;
    let provider = find(call.account(), arn);
    let permit = call.authorize(Resource::saml_provider(arn, provider))?;
    let provider = existing(call.account(), arn)?;
    let page = pages::page_of_few(
        tags::shown(&provider.tags),
        input.marker.as_deref(),
        input.max_items,
        |tag| &tag.key,
    )?;
    permit.answer(ListSAMLProviderTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}
