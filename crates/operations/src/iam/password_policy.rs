//! The account's password policy: what every password of its users must be like. Without one the
//! default policy holds.

pub(crate) mod delete_account_password_policy;
pub(crate) mod get_account_password_policy;
pub(crate) mod update_account_password_policy;
