//! The operations of IAM, a folder for each thing they manage.

pub(crate) mod access_keys;
pub(crate) mod account;
pub(crate) mod account_alias;
pub(crate) mod attached_policies;
mod entity_arn;
pub(crate) mod groups;
pub(crate) mod inline_policies;
pub(crate) mod instance_profiles;
pub(crate) mod login_profiles;
pub(crate) mod managed_policies;
pub(crate) mod oidc_providers;
mod oidc_url;
pub(crate) mod outbound_federation;
mod owner;
pub(crate) mod password_policy;
pub(crate) mod permissions_boundaries;
mod principal_policies;
mod provider_arn;
pub(crate) mod roles;
mod saml_metadata;
pub(crate) mod saml_providers;
pub(crate) mod service_linked_roles;
pub(crate) mod simulation;
mod subject;
mod tags;
mod trusted_principals;
pub(crate) mod users;
