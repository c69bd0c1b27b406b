//! Policies: inline, managed, attached, as boundaries; and reports on them.

use keyward_account::PolicyEntity;
use keyward_api::FaultCode;

use super::Fault;

/// A document is not a policy of the kind it is given for, in the words of the policy language.
#[must_use]
pub fn malformed_policy_document(message: impl Into<String>) -> Fault {
    Fault::new(FaultCode::MalformedPolicyDocument, message)
}

/// The user, group or role has no inline policy of this name.
#[must_use]
pub fn no_such_inline_policy(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The {kind} policy with name {name} cannot be found."),
    )
}

/// The inline policies of a user, group or role would together be larger than they may.
#[must_use]
pub fn inline_policies_too_large(limit: usize, kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!("Maximum policy size of {limit} bytes exceeded for {kind} {name}"),
    )
}

/// What should be the ARN of a managed policy is no ARN.
#[must_use]
pub fn invalid_arn(arn: &str) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!("ARN {arn} is not valid."),
    )
}

/// An ARN is of another partition than this one.
#[must_use]
pub fn invalid_arn_partition() -> Fault {
    Fault::new(FaultCode::ValidationError, "Invalid ARN partition")
}

/// No managed policy has this ARN, or it is not attached to what it should be detached from.
#[must_use]
pub fn no_such_policy(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} was not found."),
    )
}

/// No managed policy that could be attached has this ARN.
#[must_use]
pub fn policy_not_attachable(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} does not exist or is not attachable."),
    )
}

/// The policy has no version of this id, or there is no such policy.
#[must_use]
pub fn no_such_policy_version(arn: &str, version: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} version {version} does not exist or is not attachable."),
    )
}

/// AWS keeps the policy for the roles of its services. The text for groups is (unsure).
#[must_use]
pub fn reserved_policy(entity: PolicyEntity) -> Fault {
    let message = match entity {
        PolicyEntity::Role(_) => "Cannot attach a Service Role Policy to a Customer Role.",
        PolicyEntity::User(_) => "Cannot attach AWS reserved policy to an IAM user.",
        PolicyEntity::Group(_) => "Cannot attach AWS reserved policy to an IAM group.",
    };
    Fault::new(FaultCode::PolicyNotAttachable, message)
}

/// The same, where it should be a boundary. Seen for users; for roles the text is (unsure).
#[must_use]
pub fn reserved_boundary() -> Fault {
    Fault::new(
        FaultCode::PolicyNotAttachable,
        "Cannot attach AWS reserved policy to an IAM user.",
    )
}

/// What should be a boundary is not the ARN of a managed policy.
#[must_use]
pub fn invalid_boundary_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::InvalidInput, format!("ARN {arn} is not valid."))
}

/// No managed policy that could be a boundary has this ARN.
#[must_use]
pub fn no_such_boundary(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Scope ARN: {arn} does not exist or is not attachable."),
    )
}

/// The user or role has no boundary. The code was seen, the text is (unsure).
#[must_use]
pub fn no_boundary(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The permissions boundary of {kind} {name} cannot be found."),
    )
}

/// Another managed policy of the account has this name, in some case and under some path.
#[must_use]
pub fn policy_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("A policy called {name} already exists. Duplicate names are not allowed."),
    )
}

/// The policy has as many versions as it may. The number in the text is AWS's where it has that many.
#[must_use]
pub fn too_many_policy_versions(limit: usize) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!(
            "A managed policy can have up to {limit} versions. Before you create a new version, you \
             must delete an existing version."
        ),
    )
}

/// Somebody has the policy attached or as a boundary; for boundaries the text is (unsure).
#[must_use]
pub fn policy_in_use() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete a policy attached to entities.",
    )
}

/// The policy still has versions besides the default one.
#[must_use]
pub fn policy_has_versions() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "This policy has more than one version. Before you delete a policy, you must delete the \
         policy's versions. The default version is deleted with the policy.",
    )
}

/// The default version goes only with its policy.
#[must_use]
pub fn cannot_delete_default_version() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete the default version of a policy.",
    )
}

/// What is done to a managed policy, and can't be to one of AWS or of another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyChange {
    /// `DeletePolicy`
    Delete,
    /// `CreatePolicyVersion`
    CreateVersion,
    /// `DeletePolicyVersion`
    DeleteVersion,
    /// `SetDefaultPolicyVersion`
    Update,
}

/// The policy is not the account's own.
#[must_use]
pub fn policy_of_others(change: PolicyChange) -> Fault {
    let what = match change {
        PolicyChange::Delete => "delete policies",
        PolicyChange::CreateVersion => "create versions for policies",
        PolicyChange::DeleteVersion => "delete policy versions for policies",
        PolicyChange::Update => "update policies",
    };
    Fault::new(
        FaultCode::AccessDenied,
        format!("Cannot {what} outside your own account."),
    )
}

/// Policies of AWS have no tags.
#[must_use]
pub fn tags_not_supported() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Tags not supported for policies in this domain",
    )
}

/// Tag keys are repeated, for resources whose keys compare exactly.
#[must_use]
pub fn duplicate_tag_keys() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Duplicate tag keys found.")
}

/// A marker that no page of this filter gave out.
#[must_use]
pub fn marker_of_another_filter() -> Fault {
    Fault::new(FaultCode::ValidationError, "Marker and Filter do not match")
}

/// No service of AWS has this name.
#[must_use]
pub fn invalid_service_namespace(namespace: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Invalid service namespace: [{namespace}]"),
    )
}

/// No user, group or role has this ARN (unsure).
#[must_use]
pub fn no_such_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::NoSuchEntity, format!("ARN {arn} was not found."))
}

/// What should be the ARN of a user, group or role is none (unsure).
#[must_use]
pub fn invalid_entity_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::InvalidInput, format!("ARN {arn} is not valid."))
}
