//! Roles: rights that principals of a trust policy can assume for a while.

pub(crate) mod create_role;
pub(crate) mod delete_role;
pub(crate) mod get_role;
pub(crate) mod list_role_tags;
pub(crate) mod list_roles;
pub(crate) mod tag_role;
pub(crate) mod untag_role;
pub(crate) mod update_assume_role_policy;
pub(crate) mod update_role;
pub(crate) mod update_role_description;

use keyward_account::{Account, PolicyEntity, Role};
use keyward_api::iam;
use keyward_authorization::Managed;
use keyward_engine::RoleUse;
use keyward_faults::{Fault, fault};
use keyward_names::{Age, Timestamp};

use crate::iam::permissions_boundaries;
use crate::iam::shared::tags;

/// For how long the last use of a role is shown (documented).
const LAST_USE_KEPT: Age = Age::days(400);

/// Refuses changes of service-linked roles, which only AWS may make.
pub(crate) fn check_not_protected(role: &Role) -> Result<(), Fault> {
    if role.is_service_linked() {
        return Err(fault::protected_role(role.name.as_str()));
    }
    Ok(())
}

/// A role as instance profiles show it: with its trust policy, without any other optional member.
pub(crate) fn shown_in_profile(account: &Account, role: &Role) -> iam::Role {
    iam::Role {
        path: role.path.clone(),
        role_name: role.name.clone(),
        role_id: role.id.to_string(),
        arn: role.arn(account.id()),
        create_date: role.created,
        assume_role_policy_document: Some(role.trust_policy.shown(&|id| account.principal_arn(id))),
        description: None,
        max_session_duration: None,
        max_signin_session_duration: role
            .max_signin_session_duration
            .and_then(|seconds| i32::try_from(seconds).ok()),
        permissions_boundary: None,
        tags: None,
        role_last_used: None,
        source_role_template: None,
    }
}

/// A role as lists show it: without tags and boundary.
fn shown_in_list(account: &Account, role: &Role) -> iam::Role {
    iam::Role {
        description: role.description.as_deref().map(str::to_owned),
        max_session_duration: i32::try_from(role.max_session_duration).ok(),
        ..shown_in_profile(account, role)
    }
}

/// When and where a role was last used; nothing if that was longer ago than [`LAST_USE_KEPT`].
pub(crate) fn shown_use(last_use: Option<&RoleUse>, now: Timestamp) -> iam::RoleLastUsed {
    let last_use = last_use.filter(|last_use| now.since(last_use.at) <= LAST_USE_KEPT);
    iam::RoleLastUsed {
        last_used_date: last_use.map(|last_use| last_use.at),
        region: last_use.map(|last_use| last_use.region.clone()),
    }
}

/// A role as the answers show it that make it or change its description: without the maximum
/// session duration. The description is added by each of them.
fn shown_when_written(account: &Account, managed: Managed<'_>, role: &Role) -> iam::Role {
    let entity = PolicyEntity::Role(role.id);
    iam::Role {
        tags: (!role.tags.is_empty()).then(|| tags::shown(&role.tags)),
        permissions_boundary: permissions_boundaries::shown(account, managed, entity),
        ..shown_in_profile(account, role)
    }
}
