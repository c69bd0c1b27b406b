//! Lists the instance profiles of the account by name, or those under a path.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PathPrefix` |  | text of 1 to 512 characters, `\u002F[\u0021-\u007F]*` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListInstanceProfiles`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListInstanceProfilesRequest, ListInstanceProfilesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_names::FoldedName;

use super::shown_in_list;
use crate::pages;

pub(crate) async fn list_instance_profiles(
    call: Call<ListInstanceProfilesRequest>,
) -> Outcome<ListInstanceProfilesResponse> {
    let input = call.input();
    let account = call.account();
    let prefix = input.path_prefix.as_deref();
    let permit = call.authorize(Resource::all(account.id(), "instance-profile", prefix))?;
    let after = pages::key_of(input.marker.as_deref())?.map(|name| FoldedName::fold(&name));
    let profiles = account.instance_profiles().after(after.as_ref());
    let page = pages::page(profiles, input.max_items, |(name, path, profile)| {
        let is_under = prefix.is_none_or(|prefix| path.as_str().starts_with(prefix));
        (name, is_under.then(|| shown_in_list(account, profile)))
    });
    permit.answer(ListInstanceProfilesResponse {
        is_truncated: Some(page.is_truncated()),
        instance_profiles: page.items,
        marker: page.marker,
    })
}
