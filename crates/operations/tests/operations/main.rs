//! The operations, asked in their wire form of an installation in the process: a file a resource.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail the test by panicking"
)]

mod access_keys;
mod account;
mod audit;
mod commits;
mod gate;
mod groups;
mod inline_policies;
mod instance_profiles;
mod keys;
mod login_profiles;
mod managed_policies;
mod oidc_providers;
mod outbound_federation;
mod password_uses;
mod properties;
mod roles;
mod saml_providers;
mod service_linked_roles;
mod sessions;
mod sign_in;
mod simulation;
mod support;
mod users;
mod web_identity;
mod web_identity_tokens;
