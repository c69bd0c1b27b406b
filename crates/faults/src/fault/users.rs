//! Users and groups, and the tags of all resources.

use keyward_api::FaultCode;

use super::Fault;

/// No user, group or role has this name.
#[must_use]
pub fn no_such_entity(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The {kind} with name {name} cannot be found."),
    )
}

/// No user has this name.
#[must_use]
pub fn no_such_user(name: &str) -> Fault {
    no_such_entity("user", name)
}

/// Another user has this name, in some case.
#[must_use]
pub fn user_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("User with name {name} already exists."),
    )
}

/// The user still has a login profile.
#[must_use]
pub fn must_delete_login_profile_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete login profile first.",
    )
}

/// The user still has access keys.
#[must_use]
pub fn must_delete_access_keys_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete access keys first.",
    )
}

/// The user still has inline policies.
#[must_use]
pub fn must_delete_policies_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete policies first.",
    )
}

/// Tag keys are repeated, for resources whose keys compare without case.
#[must_use]
pub fn duplicate_tag_keys_ignoring_case() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
}

/// A tag key begins with `aws:`.
#[must_use]
pub fn reserved_tag_key() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Tag keys beginning with aws: are reserved for system use.",
    )
}

/// A tag key of white space only. The code was seen, the text is (unsure).
#[must_use]
pub fn blank_tag_key(position: usize) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!(
            "1 validation error detected: Value at 'tags.{position}.member.key' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: \
             [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]+"
        ),
    )
}

/// A list of tags to add is empty. The trailing blank is AWS's.
#[must_use]
pub fn no_tags_given() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Error occurred while validating input. ",
    )
}

/// A resource would have more than 50 tags.
#[must_use]
pub fn too_many_tags() -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        "The number of tags has reached the maximum limit.",
    )
}

/// No group has this name.
#[must_use]
pub fn no_such_group(name: &str) -> Fault {
    no_such_entity("group", name)
}

/// Another group has this name, in some case.
#[must_use]
pub fn group_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Group with name {name} already exists."),
    )
}

/// The user is still in a group, or the group still has users.
#[must_use]
pub fn must_remove_users_from_group_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must remove users from group first.",
    )
}

/// Policies are still attached.
#[must_use]
pub fn must_detach_policies_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must detach all policies first.",
    )
}
