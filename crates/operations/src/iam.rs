//! The operations of IAM, one folder for each resource.

pub(crate) mod access_keys;
pub(crate) mod account;
pub(crate) mod account_alias;
pub(crate) mod attached_policies;
pub(crate) mod groups;
pub(crate) mod inline_policies;
pub(crate) mod instance_profiles;
pub(crate) mod login_profiles;
pub(crate) mod managed_policies;
pub(crate) mod mfa_devices;
pub(crate) mod oidc_providers;
pub(crate) mod outbound_federation;
pub(crate) mod password_policy;
pub(crate) mod permissions_boundaries;
pub(crate) mod roles;
pub(crate) mod saml_providers;
pub(crate) mod server_certificates;
pub(crate) mod service_linked_roles;
pub(crate) mod service_specific_credentials;
mod shared;
pub(crate) mod signing_certificates;
pub(crate) mod simulation;
pub(crate) mod ssh_public_keys;
pub(crate) mod users;
