//! Takes the role out of an instance profile.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:RemoveRoleFromInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, InstanceProfile, Record};
use keyward_api::iam::RemoveRoleFromInstanceProfileRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::existing;
use crate::iam::roles::check_not_protected;

pub(crate) async fn remove_role_from_instance_profile(
    call: Call<RemoveRoleFromInstanceProfileRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let permit = call.authorize(Resource::instance_profile(account, name, profile))?;
    let (profile_name, role_name) = (name.clone(), input.role_name.clone());
    let profile = profile
        .ok_or_else(|| fault::no_such_instance_profile(profile_name.as_str()))?
        .id;
    let role = account.roles().find(role_name.as_str());
    let role = role.ok_or_else(|| fault::no_such_role(role_name.as_str()))?;
    check_not_protected(role)?;
    let role = role.id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = existing(account, profile, profile_name.as_str())?;
        if profile.role != Some(role) {
            let (role, profile) = (role_name.as_str(), profile_name.as_str());
            return Err(fault::no_such_role_in_instance_profile(role, profile).into());
        }
        let updated = InstanceProfile {
            role: None,
            ..profile.clone()
        };
        Ok((Changes::put(Record::InstanceProfile(updated)), ()))
    })
    .await
}
