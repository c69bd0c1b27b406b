//! The account as a whole: what it has, and how it is set.

pub(crate) mod get_account_authorization_details;
pub(crate) mod get_account_summary;
pub(crate) mod set_security_token_service_preferences;
