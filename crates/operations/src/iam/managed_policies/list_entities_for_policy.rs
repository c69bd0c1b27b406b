//! Lists the users, groups and roles that use a managed policy.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `EntityFilter` |  | one of `User`, `Role`, `Group`, `LocalManagedPolicy`, `AWSManagedPolicy` |
//! | `PathPrefix` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `PolicyUsageFilter` |  | one of `PermissionsPolicy`, `PermissionsBoundary` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListEntitiesForPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, PolicyEntity, PolicyUse};
use keyward_api::iam::{
    EntityType, ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse, PolicyGroup,
    PolicyRole, PolicyUsageType, PolicyUser,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::{GroupId, RoleId, UserId};

use super::check_arn;
use crate::pages;

pub(crate) async fn list_entities_for_policy(
    call: Call<ListEntitiesForPolicyRequest>,
) -> Outcome<ListEntitiesForPolicyResponse> {
    let input = call.input();
    let (account, managed) = (call.account(), call.managed());
    let arn = input.policy_arn.as_str();
    let permit = call.authorize(Resource::managed_policy(account, managed, arn))?;
    check_arn(arn)?;
    let policy = managed.find(account, arn);
    let policy = policy.ok_or_else(|| fault::policy_not_attachable(arn))?;
    let after = pages::key_of(input.marker.as_deref())?;
    let after = after.as_deref().map(read_key).transpose()?;
    let users = account.users_of_policy(policy.id(), after);
    // An entity that has the policy both attached and as its boundary is listed once: as attached,
    // if the request asks for both.
    let page = pages::page(users, input.max_items, |(entity, how)| {
        let is_shown = is_wanted(input, how)
            && is_under(account, entity, input)
            && !(how == PolicyUse::Boundary
                && is_wanted(input, PolicyUse::Permissions)
                && has_attached(account, entity, policy.id()));
        (write_key(entity, how), is_shown.then_some(entity))
    });
    let (is_truncated, marker) = (page.is_truncated(), page.marker);
    let (mut groups, mut users, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    for entity in page.items {
        match entity {
            PolicyEntity::Group(id) => groups.push(PolicyGroup {
                group_name: account.groups().get(id).map(|group| group.name.clone()),
                group_id: Some(id.to_string()),
            }),
            PolicyEntity::User(id) => users.push(PolicyUser {
                user_name: account.users().get(id).map(|user| user.name.clone()),
                user_id: Some(id.to_string()),
            }),
            PolicyEntity::Role(id) => roles.push(PolicyRole {
                role_name: account.roles().get(id).map(|role| role.name.clone()),
                role_id: Some(id.to_string()),
            }),
        }
    }
    permit.answer(ListEntitiesForPolicyResponse {
        policy_groups: Some(groups),
        policy_users: Some(users),
        policy_roles: Some(roles),
        is_truncated: Some(is_truncated),
        marker,
    })
}

fn is_wanted(input: &ListEntitiesForPolicyRequest, how: PolicyUse) -> bool {
    match input.policy_usage_filter {
        None => true,
        Some(PolicyUsageType::PermissionsPolicy) => how == PolicyUse::Permissions,
        Some(PolicyUsageType::PermissionsBoundary) => how == PolicyUse::Boundary,
    }
}

fn has_attached(account: &Account, entity: PolicyEntity, policy: keyward_names::PolicyId) -> bool {
    let policies = account.policies(entity);
    policies.is_some_and(|policies| policies.attached.contains(&policy))
}

/// Whether an entity is of the kind and under the path that the request asks for. For kinds that
/// are not entities the list is empty.
fn is_under(account: &Account, entity: PolicyEntity, input: &ListEntitiesForPolicyRequest) -> bool {
    let (kind, path) = match entity {
        PolicyEntity::User(id) => (
            EntityType::User,
            account.users().get(id).map(|user| &user.path),
        ),
        PolicyEntity::Group(id) => (
            EntityType::Group,
            account.groups().get(id).map(|group| &group.path),
        ),
        PolicyEntity::Role(id) => (
            EntityType::Role,
            account.roles().get(id).map(|role| &role.path),
        ),
    };
    let prefix = input
        .path_prefix
        .as_ref()
        .map_or("/", keyward_names::Path::as_str);
    input.entity_filter.is_none_or(|wanted| wanted == kind)
        && path.is_some_and(|path| path.as_str().starts_with(prefix))
}

fn write_key(entity: PolicyEntity, how: PolicyUse) -> String {
    let how = match how {
        PolicyUse::Permissions => "permissions",
        PolicyUse::Boundary => "boundary",
    };
    format!("{how}/{entity}")
}

fn read_key(key: &str) -> Result<(PolicyEntity, PolicyUse), Fault> {
    let read = || {
        let (how, id) = key.split_once('/')?;
        let how = match how {
            "permissions" => PolicyUse::Permissions,
            "boundary" => PolicyUse::Boundary,
            _ => return None,
        };
        let user = UserId::parse(id).ok().map(PolicyEntity::User);
        let group = || GroupId::parse(id).ok().map(PolicyEntity::Group);
        let role = || RoleId::parse(id).ok().map(PolicyEntity::Role);
        Some((user.or_else(group).or_else(role)?, how))
    };
    read().ok_or_else(fault::invalid_marker)
}
