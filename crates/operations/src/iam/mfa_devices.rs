//! MFA devices, of which nobody can have one yet.

pub(crate) mod list_mfa_devices;
pub(crate) mod list_virtual_mfa_devices;
