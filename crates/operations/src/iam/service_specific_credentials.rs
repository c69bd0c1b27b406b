//! Service-specific credentials, of which nobody can have one yet.

pub(crate) mod list_service_specific_credentials;
