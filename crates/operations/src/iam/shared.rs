//! What the operations of several resources share.

pub(crate) mod entity_arn;
pub(crate) mod oidc_url;
pub(crate) mod owner;
pub(crate) mod principal_policies;
pub(crate) mod provider_arn;
pub(crate) mod saml_metadata;
pub(crate) mod signin_session_duration;
pub(crate) mod subject;
pub(crate) mod tags;
pub(crate) mod trusted_identity_propagation;
pub(crate) mod trusted_principals;
