//! The account as a whole: what it contains, and its settings.

pub(crate) mod get_account_authorization_details;
pub(crate) mod get_account_summary;
pub(crate) mod set_security_token_service_preferences;
