//! Lists the tags of an instance profile.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListInstanceProfileTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_instance_profile_tags(
    call: Call<ListInstanceProfileTagsRequest>,
) -> Outcome<ListInstanceProfileTagsResponse> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let permit = call.authorize(Resource::instance_profile(account, name, profile))?;
    let profile = profile.ok_or_else(|| fault::no_such_instance_profile(name.as_str()))?;
    let page = pages::page_of_few(
        tags::shown(&profile.tags),
        input.marker.as_deref(),
        input.max_items,
        |tag| &tag.key,
    )?;
    permit.answer(ListInstanceProfileTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}
