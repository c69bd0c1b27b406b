//! Managed policies: the account's own, with their versions, and those of AWS, which all accounts
//! can use and none can change.

pub(crate) mod create_policy;
pub(crate) mod create_policy_version;
pub(crate) mod delete_policy;
pub(crate) mod delete_policy_version;
pub(crate) mod get_policy;
pub(crate) mod get_policy_version;
pub(crate) mod list_entities_for_policy;
pub(crate) mod list_policies;
pub(crate) mod list_policies_granting_service_access;
pub(crate) mod list_policy_tags;
pub(crate) mod list_policy_versions;
pub(crate) mod set_default_policy_version;
pub(crate) mod tag_policy;
pub(crate) mod untag_policy;

use keyward_account::{Account, ManagedPolicy, PolicyDocument};
use keyward_api::iam;
use keyward_authorization::managed::Policy;
use keyward_engine::Call;
use keyward_engine::are_too_large;
use keyward_faults::fault::PolicyChange;
use keyward_faults::{Fault, fault};
use keyward_names::{Arn, is_owned_by_aws};
use keyward_policy::{PolicyKind, check};

/// Refuses a text that does not have the form of a managed policy's ARN.
pub(crate) fn check_arn(arn: &str) -> Result<(), Fault> {
    let parts = Arn::parse(arn).map_err(|_| fault::invalid_arn(arn))?;
    let has_form = parts.is_of_iam() && !parts.account.is_empty();
    if parts.partition == "aws" && has_form && parts.resource.starts_with("policy/") {
        Ok(())
    } else if parts.partition.starts_with("aws-") && parts.is_of_iam() {
        Err(fault::invalid_arn_partition())
    } else {
        Err(fault::invalid_arn(arn))
    }
}

/// The account's own policy that a request would change.
fn own<'a, I>(
    call: &'a Call<I>,
    arn: &str,
    change: PolicyChange,
) -> Result<Option<&'a ManagedPolicy>, Fault> {
    check_arn(arn)?;
    let account = call.account();
    // For other accounts' policies the fault does not show whether they exist.
    if !arn.starts_with(&format!("arn:aws:iam::{}:", account.id())) {
        return Err(fault::policy_of_others(change));
    }
    Ok(match call.managed().find(account, arn) {
        Some(Policy::Own(policy)) => Some(policy),
        Some(Policy::Aws(_)) | None => None,
    })
}

/// The account's own policy whose tags a request would change.
fn tagged<'a, I>(call: &'a Call<I>, arn: &str) -> Result<&'a ManagedPolicy, Fault> {
    check_arn(arn)?;
    if is_owned_by_aws(arn) {
        return Err(fault::tags_not_supported());
    }
    match call.managed().find(call.account(), arn) {
        Some(Policy::Own(policy)) => Ok(policy),
        Some(Policy::Aws(_)) | None => Err(fault::no_such_policy(arn)),
    }
}

/// Checks the document of a new version.
fn checked_document<I>(call: &Call<I>, text: &str) -> Result<PolicyDocument, Fault> {
    check(PolicyKind::Identity, text)
        .map_err(|found| fault::malformed_policy_document(found.message))?;
    let quota = call.quotas().managed_policy_characters;
    if are_too_large([text].into_iter(), quota) {
        return Err(fault::quota_exceeded("PolicySize", quota));
    }
    Ok(PolicyDocument::new(text))
}

/// The id of a version.
pub(crate) fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// The number of a version; `None` if no version can have this id.
fn version_number(id: &str) -> Option<u32> {
    let number = id.strip_prefix('v')?.parse().ok()?;
    (version_id(number) == id).then_some(number)
}

/// A policy as lists show it: without description and tags.
pub(crate) fn shown_in_list(account: &Account, policy: Policy<'_>) -> iam::Policy {
    let (created, updated, default_version, path) = match policy {
        Policy::Own(own) => (own.created, own.updated, own.default_version, &own.path),
        Policy::Aws(aws) => (aws.created, aws.updated, aws.default_version, &aws.path),
    };
    let uses = policy.uses(account);
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    iam::Policy {
        policy_name: Some(policy.name().clone()),
        policy_id: Some(policy.id().to_string()),
        arn: Some(policy.arn(account.id())),
        path: Some(path.clone()),
        default_version_id: Some(version_id(default_version)),
        attachment_count: Some(count(uses.attached)),
        permissions_boundary_usage_count: Some(count(uses.boundary)),
        is_attachable: Some(true),
        description: None,
        create_date: Some(created),
        update_date: Some(updated),
        tags: None,
    }
}
