//! An account that is to be made, and what is told about it once.

use keyward_engine::{NewAccount, RootCredentials, random_account_id};
use keyward_names::AccountId;

use crate::arguments::NewAccountArguments;

/// Fills in what was not said about an account.
pub(crate) fn new_account(arguments: NewAccountArguments) -> anyhow::Result<NewAccount> {
    let NewAccountArguments {
        account_id,
        account_name,
        root_email,
    } = arguments;
    let id = match account_id {
        Some(id) => id,
        None => random_account_id()?,
    };
    Ok(NewAccount {
        id,
        name: account_name.unwrap_or_else(|| format!("account-{id}")),
        root_email: root_email.unwrap_or_else(|| format!("root@{id}.invalid")),
        with_root_credentials: true,
    })
}

/// What the root user signs and signs in with, as lines to be printed.
pub(crate) fn credentials_lines(
    id: AccountId,
    email: &str,
    credentials: &RootCredentials,
) -> Vec<String> {
    vec![
        format!("Account           {id}"),
        format!("Root user         {email}"),
        format!("Root password     {}", credentials.password.expose()),
        format!("Access key id     {}", credentials.access_key_id),
        format!(
            "Secret access key {}",
            credentials.secret_access_key.expose()
        ),
        String::new(),
        "This is told once.".to_owned(),
    ]
}
