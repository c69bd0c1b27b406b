//! Managed policies that are attached to users, groups and roles.

pub(crate) mod attach_group_policy;
pub(crate) mod attach_role_policy;
pub(crate) mod attach_user_policy;
pub(crate) mod detach_group_policy;
pub(crate) mod detach_role_policy;
pub(crate) mod detach_user_policy;
pub(crate) mod list_attached_group_policies;
pub(crate) mod list_attached_role_policies;
pub(crate) mod list_attached_user_policies;

use keyward_account::{Account, EntityPolicies, PolicyEntity};
use keyward_api::iam::AttachedPolicy;
use keyward_authorization::Managed;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};
use keyward_managed_policies::id_of_arn;
use keyward_names::{PolicyId, is_owned_by_aws};

use crate::iam::managed_policies::check_arn;
use crate::iam::shared::owner::{self, Owner};
use crate::pages::{self, Page};

/// Attaches a policy. If it is attached already, nothing changes.
async fn attach<I>(call: &Call<I>, permit: Permit, owner: Owner, arn: &str) -> Outcome<()> {
    check_arn(arn)?;
    let policy = call.managed().find(call.account(), arn);
    let policy = policy.ok_or_else(|| fault::policy_not_attachable(arn))?;
    if policy.is_reserved() {
        return Err(fault::reserved_policy(owner.entity).into());
    }
    let id = policy.id();
    let arn = arn.to_owned();
    let quotas = owner.quotas(&call.quotas());
    let aws = call.aws_policies();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        if Managed::new(&aws).by_id(account, id).is_none() {
            return Err(fault::policy_not_attachable(&arn).into());
        }
        let mut attached = present.attached.to_vec();
        if !attached.contains(&id) {
            if attached.len() >= quotas.attached {
                return Err(fault::quota_exceeded(quotas.attached_name, quotas.attached).into());
            }
            attached.push(id);
        }
        let after = EntityPolicies {
            attached: attached.into(),
            ..present
        };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// Detaches a policy.
async fn detach<I>(call: &Call<I>, permit: Permit, owner: Owner, arn: &str) -> Outcome<()> {
    check_arn(arn)?;
    // A policy of AWS may be attached and yet unknown, if the policies now come from another file.
    let id = call.managed().find(call.account(), arn).map(Policy::id);
    let id = id.or_else(|| is_owned_by_aws(arn).then(|| id_of_arn(arn)));
    let arn = arn.to_owned();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        let is_other = |attached: &&PolicyId| Some(**attached) != id;
        let left: Box<[PolicyId]> = present.attached.iter().filter(is_other).copied().collect();
        if left.len() == present.attached.len() {
            return Err(fault::no_such_policy(&arn).into());
        }
        let after = EntityPolicies {
            attached: left,
            ..present
        };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// A page of the policies attached to an entity, or of those under a path.
fn list(
    account: &Account,
    managed: Managed<'_>,
    entity: PolicyEntity,
    path_prefix: Option<&str>,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<Page<AttachedPolicy>, Fault> {
    let is_under =
        |policy: &Policy<'_>| path_prefix.is_none_or(|prefix| policy.path().starts_with(prefix));
    let attached = account.policies(entity);
    let attached = attached.map_or(&[][..], |policies| &policies.attached);
    let policies: Vec<_> = attached
        .iter()
        .filter_map(|id| managed.by_id(account, *id))
        .filter(is_under)
        .collect();
    let page = pages::page_of_few(policies, marker, max_items, |policy| policy.name().as_str())?;
    Ok(page.map(|policy| shown(account, policy)))
}

/// A policy as lists of attached policies show it.
pub(crate) fn shown(account: &Account, policy: Policy<'_>) -> AttachedPolicy {
    AttachedPolicy {
        policy_name: Some(policy.name().clone()),
        policy_arn: Some(policy.arn(account.id())),
    }
}
