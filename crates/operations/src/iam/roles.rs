//! Roles: rights that whoever a trust policy names may take on for a while.

use keyward_account::Role;

use crate::fault::{self, Fault};

/// Refuses what only AWS may do to the roles of its services.
pub(crate) fn check_not_protected(role: &Role) -> Result<(), Fault> {
    if role.is_service_linked() {
        return Err(fault::protected_role(role.name.as_str()));
    }
    Ok(())
}
