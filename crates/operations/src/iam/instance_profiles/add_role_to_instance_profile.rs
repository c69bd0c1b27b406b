//! Puts a role into an instance profile that has none. The caller needs the right to pass the role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:AddRoleToInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `EntityAlreadyExists` (409), `LimitExceeded` (409), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, InstanceProfile, Record};
use keyward_api::iam::AddRoleToInstanceProfileRequest;
use keyward_authorization::Action;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::existing;
use crate::iam::roles::check_not_protected;

/// How many roles an instance profile has at most. AWS does not raise this quota.
const ROLES: usize = 1;

pub(crate) async fn add_role_to_instance_profile(
    call: Call<AddRoleToInstanceProfileRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let role = account.roles().find(input.role_name.as_str());
    let permit = call.authorize(Resource::instance_profile(account, name, profile))?;
    let passed = Resource::role(account, &input.role_name, role)
        .with_key("iam:PassedToService", "ec2.amazonaws.com");
    let permit = call.authorize_action(permit, Action::PassRole, passed)?;
    let (profile_name, role_name) = (name.clone(), input.role_name.clone());
    let profile = profile
        .ok_or_else(|| fault::no_such_instance_profile(profile_name.as_str()))?
        .id;
    let role = role.ok_or_else(|| fault::no_such_role(role_name.as_str()))?;
    check_not_protected(role)?;
    let role = role.id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = existing(account, profile, profile_name.as_str())?;
        if account.roles().get(role).is_none() {
            return Err(fault::no_such_role(role_name.as_str()).into());
        }
        // Seen so: adding the role that it has already is refused too.
        if profile.role.is_some() {
            let quota = "InstanceSessionsPerInstanceProfile";
            return Err(fault::quota_exceeded(quota, ROLES).into());
        }
        let updated = InstanceProfile {
            role: Some(role),
            ..profile.clone()
        };
        Ok((Changes::put(Record::InstanceProfile(updated)), ()))
    })
    .await
}
