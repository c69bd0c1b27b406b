//! The account's password policy: the rules for all passwords of its users. Without one the default
//! policy applies.

pub(crate) mod delete_account_password_policy;
pub(crate) mod get_account_password_policy;
pub(crate) mod update_account_password_policy;
