//! `keyward init`: makes an installation.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_names::AccountId;
use keyward_operations::{
    Clock, Installation, InstallationKeys, InstallationOptions, NewAccount, RootCredentials,
    random_account_id,
};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::arguments::{InitArguments, NewAccountArguments};
use crate::master_key::{self, Kept};
use crate::output::say;

/// Makes the store, the master key and the first account, and prints what is told only once.
pub(crate) async fn run(arguments: InitArguments) -> anyhow::Result<()> {
    let InitArguments {
        data,
        master_key_file,
        account,
    } = arguments;
    let new = new_account(account)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(OpenOptions::new(&data))?);
    if store.load(AccountId::INSTALLATION).await?.is_some() {
        bail!("`{}` holds an installation already", data.display());
    }
    let (master_key, kept) = master_key::make(&data, master_key_file.as_deref())?;
    let keys = InstallationKeys::create(&*store, master_key, Clock::real_now()).await?;
    let installation = Installation::start(store, keys, InstallationOptions::default());
    let (id, email) = (new.id, new.root_email.clone());
    let credentials = installation
        .create_account(new)
        .await?
        .context("the account was made without root credentials")?;
    installation.stop().await?;

    say(&format!("The installation is in `{}`.", data.display()));
    say("");
    credentials_lines(id, &email, &credentials)
        .iter()
        .for_each(|line| say(line));
    say("");
    match kept {
        Kept::InFile(file) => say(&format!("The master key is in `{}`.", file.display())),
        Kept::InEnvironment => say("The master key is the one in KEYWARD_MASTER_KEY."),
    }
    say("Keep a copy of it, apart from copies of the data: without it every password and every");
    say("secret of this installation is lost for good, and nobody can bring them back.");
    Ok(())
}

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
