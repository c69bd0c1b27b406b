//! Makes an instance profile, without a role yet.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Path` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:CreateInstanceProfile`.
//! Faults: `EntityAlreadyExists` (409), `InvalidInput` (400), `LimitExceeded` (409), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, InstanceProfile, Record};
use keyward_api::OperationId;
use keyward_api::iam::{self, CreateInstanceProfileRequest, CreateInstanceProfileResponse};
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::InstanceProfileId;

use super::shown_in_list;
use crate::iam::shared::tags;

pub(crate) async fn create_instance_profile(
    call: Call<CreateInstanceProfileRequest>,
) -> Outcome<CreateInstanceProfileResponse> {
    let input = call.input();
    let name = &input.instance_profile_name;
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let given = input.tags.as_deref().unwrap_or_default();
    let resource = Resource::new_instance_profile(account_id, &path, name).given_tags(given);
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        // Seen at AWS for roles: making one with tags needs the right to tag it.
        permit = call.authorize_also(permit, OperationId::IamTagInstanceProfile, resource)?;
    }
    let tags = tags::check_exactly(given)?;
    let profile = InstanceProfile {
        id: InstanceProfileId::mint(account_id, call.random_number()?),
        name: name.clone(),
        path,
        created: call.now(),
        role: None,
        tags: tags::added_exactly(&[], &tags)?,
    };
    let shown = iam::InstanceProfile {
        tags: (!given.is_empty()).then(|| given.to_vec()),
        ..shown_in_list(call.account(), &profile)
    };
    let quota = call.quotas().instance_profiles_per_account;
    let answer = CreateInstanceProfileResponse {
        instance_profile: shown,
    };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        let profiles = account.instance_profiles();
        if profiles.find(profile.name.as_str()).is_some() {
            return Err(fault::instance_profile_already_exists(profile.name.as_str()).into());
        }
        if profiles.len() >= quota {
            return Err(fault::quota_exceeded("InstanceProfilesPerAccount", quota).into());
        }
        if profiles.get(profile.id).is_some() {
            // One in many millions: another instance profile has this random id.
            return Err(Refusal::stale());
        }
        Ok((Changes::put(Record::InstanceProfile(profile.clone())), ()))
    })
    .await
}
