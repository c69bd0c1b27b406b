//! Makes a role, which the principals of its trust policy can assume.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Path` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `AssumeRolePolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `Description` |  | text of at most 1000 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` |
//! | `MaxSessionDuration` |  | number from 3600 to 43200 |
//! | `MaxSigninSessionDuration` |  | number from 3600 to 7776000 |
//! | `PermissionsBoundary` |  | text of 20 to 2048 characters |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:CreateRole`.
//! Faults: `LimitExceeded` (409), `InvalidInput` (400), `EntityAlreadyExists` (409), `MalformedPolicyDocument` (400), `ConcurrentModification` (409), `ServiceFailure` (500), `NoSuchEntity` (404), `PolicyNotAttachable` (400).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Change, Changes, EntityPolicies, PolicyEntity, Record, Role};
use keyward_api::OperationId;
use keyward_api::iam::{self, CreateRoleRequest, CreateRoleResponse};
use keyward_authorization::Managed;
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};
use keyward_names::{PolicyId, RoleId};

use super::shown_when_written;
use crate::iam::permissions_boundaries::{self, shown_boundary};
use crate::iam::shared::tags;
use crate::iam::shared::trusted_principals::GivenTrust;

pub(crate) async fn create_role(call: Call<CreateRoleRequest>) -> Outcome<CreateRoleResponse> {
    let input = call.input();
    let permit = authorize(&call)?;
    let path = input.path.clone().unwrap_or_default();
    // That AWS keeps the second for itself is documented, what it answers is unsure.
    if ["/aws-service-role/", "/aws-reserved/"]
        .iter()
        .any(|reserved| path.as_str().starts_with(reserved))
    {
        return Err(fault::reserved_role_path(path.as_str()).into());
    }
    let asked_for = input.permissions_boundary.clone();
    let boundary = asked_for
        .as_deref()
        .map(|arn| permissions_boundaries::find(call.account(), call.managed(), arn))
        .transpose()?;
    let tags = tags::check_ignoring_case(input.tags.as_deref().unwrap_or_default())?;
    let trust = GivenTrust::read(&call, &input.assume_role_policy_document).await?;
    let role = Role {
        id: RoleId::mint(call.account().id(), call.random_number()?),
        name: input.role_name.clone(),
        path,
        created: call.now(),
        trust_policy: trust.checked(call.account())?,
        description: input.description.as_deref().map(Into::into),
        max_session_duration: input
            .max_session_duration
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(Role::DEFAULT_MAX_SESSION_DURATION),
        max_signin_session_duration: input
            .max_signin_session_duration
            .and_then(|seconds| u32::try_from(seconds).ok()),
        tags: tags.into(),
    };
    let quota = call.quotas().roles_per_account;
    let aws = call.aws_policies();
    let role = call
        .commit(&permit, move |account: &Account| {
            check_room(account, &role, quota)?;
            let role = Role {
                trust_policy: trust.checked(account)?,
                ..role.clone()
            };
            let managed = Managed::new(&aws);
            let shown = iam::Role {
                permissions_boundary: asked_for.as_deref().map(shown_boundary),
                ..shown_when_written(account, managed, &role)
            };
            let mut changes = vec![Change::Put(Record::Role(role.clone()))];
            if let Some(boundary) = boundary {
                if managed.by_id(account, boundary).is_none() {
                    let arn = asked_for.as_deref().unwrap_or_default();
                    return Err(fault::no_such_boundary(arn).into());
                }
                changes.push(Change::Put(bounded(role.id, boundary)));
            }
            let changes = Changes {
                changes,
                ..Changes::none()
            };
            Ok((changes, shown))
        })
        .await?;
    permit.answer(CreateRoleResponse { role })
}

fn authorize(call: &Call<CreateRoleRequest>) -> Result<Permit, Fault> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let given = input.tags.as_deref().unwrap_or_default();
    let boundary = input.permissions_boundary.as_deref();
    let boundary = boundary.map(|arn| call.stored_policy_arn(arn));
    let resource = Resource::new_role(call.account().id(), &path, &input.role_name)
        .given_tags(given)
        .given_boundary(boundary.as_deref());
    let permit = call.authorize(resource.clone())?;
    if given.is_empty() {
        return Ok(permit);
    }
    // Seen at AWS: making a role with tags needs the right to tag it.
    call.authorize_also(permit, OperationId::IamTagRole, resource)
}

fn check_room(account: &Account, role: &Role, quota: usize) -> Result<(), Refusal> {
    let roles = account.roles();
    if roles.find(role.name.as_str()).is_some() {
        return Err(fault::role_already_exists(role.name.as_str()).into());
    }
    if roles.len() >= quota {
        return Err(fault::quota_exceeded("RolesPerAccount", quota).into());
    }
    if roles.get(role.id).is_some() {
        // One in many millions: another role has this random id.
        return Err(Refusal::stale());
    }
    Ok(())
}

fn bounded(role: RoleId, boundary: PolicyId) -> Record {
    Record::Policies(EntityPolicies {
        boundary: Some(boundary),
        ..EntityPolicies::none(PolicyEntity::Role(role))
    })
}
