//! Shows an instance profile, with its role and its tags.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetInstanceProfileRequest, GetInstanceProfileResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::shown_in_list;
use crate::iam::shared::tags;

pub(crate) async fn get_instance_profile(
    call: Call<GetInstanceProfileRequest>,
) -> Outcome<GetInstanceProfileResponse> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let permit = call.authorize(Resource::instance_profile(account, name, profile))?;
    let profile = profile.ok_or_else(|| fault::no_such_instance_profile(name.as_str()))?;
    permit.answer(GetInstanceProfileResponse {
        instance_profile: iam::InstanceProfile {
            // Seen so: here the list of tags is present even if it is empty.
            tags: Some(tags::shown(&profile.tags)),
            ..shown_in_list(account, profile)
        },
    })
}
