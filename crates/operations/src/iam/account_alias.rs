//! The account's alias: a name in the URL of its sign-in page, unique over all accounts.

pub(crate) mod create_account_alias;
pub(crate) mod delete_account_alias;
pub(crate) mod list_account_aliases;
