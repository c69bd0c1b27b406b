//! The operations of IAM, a folder for each thing they manage.

pub(crate) mod access_keys;
pub(crate) mod account_alias;
pub(crate) mod inline_policies;
pub(crate) mod login_profiles;
pub(crate) mod password_policy;
pub(crate) mod simulation;
mod subject;
mod tags;
pub(crate) mod users;
