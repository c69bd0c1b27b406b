//! Lists the managed policies that are attached to a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PathPrefix` |  | text of 1 to 512 characters, `((/[A-Za-z0-9\.,\+@=_-]+)*)/` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListAttachedUserPolicies`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_attached_user_policies(
    call: Call<ListAttachedUserPoliciesRequest>,
) -> Outcome<ListAttachedUserPoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user);
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let page = list(
        account,
        call.managed(),
        PolicyEntity::User(user.id),
        prefix,
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListAttachedUserPoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        attached_policies: Some(page.items),
        marker: page.marker,
    })
}
