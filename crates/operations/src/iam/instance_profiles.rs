//! Instance profiles: each hands one role to virtual machines.

pub(crate) mod add_role_to_instance_profile;
pub(crate) mod create_instance_profile;
pub(crate) mod delete_instance_profile;
pub(crate) mod get_instance_profile;
pub(crate) mod list_instance_profile_tags;
pub(crate) mod list_instance_profiles;
pub(crate) mod list_instance_profiles_for_role;
pub(crate) mod remove_role_from_instance_profile;
pub(crate) mod tag_instance_profile;
pub(crate) mod untag_instance_profile;

use keyward_account::{Account, InstanceProfile};
use keyward_api::iam;
use keyward_faults::{Fault, fault};
use keyward_names::InstanceProfileId;

use crate::iam::roles::shown_in_profile;

/// An instance profile as lists show it: without tags.
pub(crate) fn shown_in_list(account: &Account, profile: &InstanceProfile) -> iam::InstanceProfile {
    let role = profile.role.and_then(|role| account.roles().get(role));
    let role = role.map(|role| shown_in_profile(account, role));
    iam::InstanceProfile {
        path: profile.path.clone(),
        instance_profile_name: profile.name.clone(),
        instance_profile_id: profile.id.to_string(),
        arn: profile.arn(account.id()),
        create_date: profile.created,
        roles: role.into_iter().collect(),
        tags: None,
    }
}

/// The instance profile that a request changes, or the fault that it does not exist any more.
fn existing<'a>(
    account: &'a Account,
    id: InstanceProfileId,
    asked_for: &str,
) -> Result<&'a InstanceProfile, Fault> {
    let profile = account.instance_profiles().get(id);
    profile.ok_or_else(|| fault::no_such_instance_profile(asked_for))
}
