//! `keyward init`: makes an installation.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_engine::{Clock, Installation, InstallationKeys, InstallationOptions};
use keyward_names::AccountId;
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::arguments::InitArguments;
use crate::master_key::{self, KeyLocation};
use crate::new_account::{credentials_lines, new_account};
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
        KeyLocation::InFile(file) => say(&format!("The master key is in `{}`.", file.display())),
        KeyLocation::InEnvironment => say("The master key is the one in KEYWARD_MASTER_KEY."),
    }
    say("Keep a copy of it, apart from copies of the data: without it every password and every");
    say("secret of this installation is lost for good, and nobody can bring them back.");
    Ok(())
}
