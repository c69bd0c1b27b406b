//! Lists the tags of a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListUserTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListUserTagsRequest, ListUserTagsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_user_tags(
    call: Call<ListUserTagsRequest>,
) -> Outcome<ListUserTagsResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let user = user.ok_or_else(|| fault::no_such_user(input.user_name.as_str()))?;
    let page = pages::page_of_few(
        tags::shown(&user.tags),
        input.marker.as_deref(),
        input.max_items,
        |tag| &tag.key,
    )?;
    permit.answer(ListUserTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}
