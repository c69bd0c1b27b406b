//! Permissions boundaries: managed policies that limit what the other policies of a user or role
//! allow.

pub(crate) mod delete_role_permissions_boundary;
pub(crate) mod delete_user_permissions_boundary;
pub(crate) mod put_role_permissions_boundary;
pub(crate) mod put_user_permissions_boundary;

use keyward_account::{Account, EntityPolicies, PolicyEntity};
use keyward_api::iam::AttachedPermissionsBoundary;
use keyward_authorization::Managed;
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};
use keyward_names::{Arn, PolicyId};

use crate::iam::shared::owner::{self, Owner};

/// The policy that a request would make a boundary.
pub(crate) fn find(account: &Account, managed: Managed<'_>, arn: &str) -> Result<PolicyId, Fault> {
    if !is_policy_arn(arn) {
        return Err(fault::invalid_boundary_arn(arn));
    }
    let policy = managed.find(account, arn);
    let policy = policy.ok_or_else(|| fault::no_such_boundary(arn))?;
    if policy.is_reserved() {
        return Err(fault::reserved_boundary());
    }
    Ok(policy.id())
}

/// Whether a text has the form of a managed policy's ARN.
fn is_policy_arn(arn: &str) -> bool {
    Arn::parse(arn).is_ok_and(|arn| arn.is_of_iam() && arn.resource.starts_with("policy/"))
}

/// Gives an owner a boundary, replacing the one it has.
async fn put<I>(call: &Call<I>, permit: Permit, owner: Owner, arn: &str) -> Outcome<()> {
    let id = find(call.account(), call.managed(), arn)?;
    let arn = arn.to_owned();
    let aws = call.aws_policies();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        if Managed::new(&aws).by_id(account, id).is_none() {
            return Err(fault::no_such_boundary(&arn).into());
        }
        let after = EntityPolicies {
            boundary: Some(id),
            ..present
        };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// Removes the boundary of an owner.
async fn delete<I>(call: &Call<I>, permit: Permit, owner: Owner) -> Outcome<()> {
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        if present.boundary.is_none() {
            let name = owner.name(account);
            return Err(fault::no_boundary(owner.kind(), &name).into());
        }
        let after = EntityPolicies {
            boundary: None,
            ..present
        };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// The boundary of a user or role as answers show it.
pub(crate) fn shown(
    account: &Account,
    managed: Managed<'_>,
    entity: PolicyEntity,
) -> Option<AttachedPermissionsBoundary> {
    let boundary = account.policies(entity)?.boundary?;
    Some(shown_boundary(&managed.arn(account, boundary)?))
}

/// A boundary with this ARN as answers show it.
pub(crate) fn shown_boundary(arn: &str) -> AttachedPermissionsBoundary {
    AttachedPermissionsBoundary {
        // Seen so, though the model has another value for it.
        permissions_boundary_type: Some("Policy".to_owned()),
        permissions_boundary_arn: Some(arn.to_owned()),
    }
}
