//! The account's alias: a name for its sign-in page, unique over all accounts.

pub(crate) mod create_account_alias;
pub(crate) mod delete_account_alias;
pub(crate) mod list_account_aliases;
