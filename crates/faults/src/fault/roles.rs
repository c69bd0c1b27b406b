//! Roles and instance profiles.

use keyward_api::FaultCode;

use super::{Fault, no_such_entity};

/// No role has this name.
#[must_use]
pub fn no_such_role(name: &str) -> Fault {
    no_such_entity("role", name)
}

/// Another role has this name, in some case.
#[must_use]
pub fn role_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Role with name {name} already exists."),
    )
}

/// The role belongs to a service of AWS.
#[must_use]
pub fn protected_role(name: &str) -> Fault {
    Fault::new(
        FaultCode::UnmodifiableEntity,
        format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only \
             modifiable by AWS"
        ),
    )
}

/// The duration of a service-linked role's sessions can't be changed.
#[must_use]
pub fn protected_session_duration(name: &str) -> Fault {
    Fault::new(
        FaultCode::UnmodifiableEntity,
        format!("{name} is an AWS service linked role, max session duration cannot be changed."),
    )
}

/// The path belongs to service-linked roles (unsure).
#[must_use]
pub fn reserved_role_path(path: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("The path {path} is reserved for roles that AWS makes."),
    )
}

/// An instance profile still has the role, or a role.
#[must_use]
pub fn must_remove_roles_from_instance_profile_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must remove roles from instance profile first.",
    )
}

/// No instance profile has this name.
#[must_use]
pub fn no_such_instance_profile(name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Instance Profile {name} cannot be found."),
    )
}

/// Another instance profile has this name, in some case.
#[must_use]
pub fn instance_profile_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Instance Profile {name} already exists."),
    )
}

/// The instance profile does not have the role.
#[must_use]
pub fn no_such_role_in_instance_profile(role: &str, profile: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Role {role} in Instance Profile {profile} cannot be found."),
    )
}

/// There are no service-linked roles of this service here (unsure).
#[must_use]
pub fn no_such_service(service: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("{service} is not a service that has service-linked roles."),
    )
}

/// The service's role has no suffix.
#[must_use]
pub fn suffix_not_allowed(service: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Custom suffix is not allowed for {service}"),
    )
}

/// The service's role would have a longer name than roles have (unsure).
#[must_use]
pub fn service_role_name_too_long(name: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Service role name {name} is longer than 64 characters."),
    )
}

/// The service-linked role is there already.
#[must_use]
pub fn service_role_name_taken(name: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        ),
    )
}

/// The role is an ordinary one.
#[must_use]
pub fn not_a_service_role(name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("{name} exists but is not a service role."),
    )
}

/// Nothing is known of a deletion task.
#[must_use]
pub fn no_such_deletion_task() -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        "Cannot find deletion status for given id.",
    )
}

/// What should be the id of a deletion task has another form.
#[must_use]
pub fn invalid_deletion_task() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Invalid task id")
}
