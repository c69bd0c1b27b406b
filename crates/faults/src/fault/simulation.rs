//! The policy simulator.

use keyward_api::FaultCode;

use super::Fault;

/// A document that is to be simulated is no policy; they are counted from one.
#[must_use]
pub fn invalid_policy_input(number: usize) -> Fault {
    invalid_simulation(format!(
        "Policy input list item {number} has invalid content"
    ))
}

/// The permissions boundary that is to be simulated is no policy (unsure).
#[must_use]
pub fn invalid_simulated_boundary() -> Fault {
    invalid_simulation("Permissions boundary policy input list item 1 has invalid content")
}

/// A policy of an organization's level is none (unsure); levels are counted from one (unsure).
#[must_use]
pub fn invalid_organization_policy(level: usize) -> Fault {
    invalid_simulation(format!(
        "Organization policy at index {level} has invalid content"
    ))
}

/// The resource policy that is to be simulated is none (unsure).
#[must_use]
pub fn invalid_simulated_resource_policy() -> Fault {
    invalid_simulation("Resource policy has invalid content")
}

/// A principal has one permissions boundary at most.
#[must_use]
pub fn too_many_simulated_boundaries() -> Fault {
    invalid_simulation("The list of Permissions Boundary policies cannot exceed 1 items.")
}

/// A level of an organization has no policy; levels are counted from one (unsure).
#[must_use]
pub fn organization_level_without_policies(level: usize) -> Fault {
    invalid_simulation(format!(
        "Organization policy at index {level} must contain at least one service control policy"
    ))
}

/// A resource of a simulation, or of its resource policy, is no ARN.
#[must_use]
pub fn simulated_resource_is_no_arn(resource: &str) -> Fault {
    invalid_simulation(format!(
        "ResourceNames are not in a valid ARN format: {resource}."
    ))
}

/// An action of a simulation has no name of a service.
#[must_use]
pub fn simulated_action_without_colon() -> Fault {
    invalid_simulation("The action is invalid since it is missing names")
}

/// Actions of which some are known to AWS and some not. The trailing blank is AWS's.
#[must_use]
pub fn mixed_simulated_actions(known: &[&str], unknown: &[&str]) -> Fault {
    invalid_simulation(format!(
        "Invalid Input Actions: [{}] and [{}] require different authorization information. ",
        known.join(","),
        unknown.join(",")
    ))
}

/// A resource policy is simulated for nobody (unsure).
#[must_use]
pub fn simulation_without_caller() -> Fault {
    invalid_simulation("Invalid caller - Caller cannot be null or empty.")
}

/// Who is simulated is no ARN of a user, group or role (unsure).
#[must_use]
pub fn invalid_caller() -> Fault {
    invalid_simulation(
        "Invalid caller - Caller must be an IAM user, role or group in this context.",
    )
}

/// An ARN does not tell the kind and the name of an entity (unsure where a resource policy is simulated
/// on `*`).
#[must_use]
pub fn unclear_entity_arn(arn: &str) -> Fault {
    invalid_simulation(format!(
        "Invalid Entity Arn: {arn} does not clearly define entity type and name."
    ))
}

/// The owner of resources is no ARN of IAM, such as that of an account's root user.
#[must_use]
pub fn invalid_resource_owner(owner: &str) -> Fault {
    invalid_simulation(format!("'{owner}' is not a valid as a Resource Owner."))
}

/// A context entry has values and no name (unsure).
#[must_use]
pub fn context_entry_without_name() -> Fault {
    invalid_simulation("ContextKeyName cannot be null or empty.")
}

/// A context entry has no type.
#[must_use]
pub fn context_entry_without_type(key: &str) -> Fault {
    invalid_simulation(format!("Context key {key} has invalid type null."))
}

/// A context entry has no values (unsure).
#[must_use]
pub fn context_entry_without_values(key: &str) -> Fault {
    invalid_simulation(format!(
        "Context values for context key {key} cannot be null or empty."
    ))
}

/// Two context entries are about one key (unsure).
#[must_use]
pub fn context_entry_repeated(key: &str) -> Fault {
    invalid_simulation(format!("Duplicate context key: {key}."))
}

/// A context entry has several values of a type that has one (unsure).
#[must_use]
pub fn several_context_values(key_type: &str, count: usize) -> Fault {
    invalid_simulation(format!(
        "Context key {key_type} expected a single value, but received {count}."
    ))
}

/// A value of a context entry is not of its type.
#[must_use]
pub fn context_value_of_another_type(key: &str, expected: &str) -> Fault {
    invalid_simulation(format!(
        "Invalid context value for key {key}: expected {expected}."
    ))
}

/// A marker that no page of a simulation gave out.
#[must_use]
pub fn invalid_simulation_marker() -> Fault {
    invalid_simulation("Invalid marker for pagination.")
}

/// More is to be simulated at once than is done (unsure: nobody knows the limits of AWS).
#[must_use]
pub fn simulation_too_large() -> Fault {
    invalid_simulation("The policies and resources are too large to be simulated at once.")
}

fn invalid_simulation(message: impl Into<String>) -> Fault {
    Fault::new(FaultCode::InvalidInput, message)
}
