//! Lists the tags of a managed policy.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListPolicyTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500), `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListPolicyTagsRequest, ListPolicyTagsResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::check_arn;
use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_policy_tags(
    call: Call<ListPolicyTagsRequest>,
) -> Outcome<ListPolicyTagsResponse> {
    let input = call.input();
    let (account, managed) = (call.account(), call.managed());
    let arn = input.policy_arn.as_str();
    let permit = call.authorize(Resource::managed_policy(account, managed, arn))?;
    check_arn(arn)?;
    let policy = managed.find(account, arn);
    let tags = match policy.ok_or_else(|| fault::no_such_policy(arn))? {
        Policy::Own(policy) => tags::shown_by_length(&policy.tags),
        Policy::Aws(_) => Vec::new(),
    };
    let page = pages::page_of_few(tags, input.marker.as_deref(), input.max_items, |tag| {
        tag.key.as_str()
    })?;
    permit.answer(ListPolicyTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}
