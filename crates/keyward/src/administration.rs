//! Administration of an installation: by the running server where there is one, else on the store.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use keyward_engine::{Installation, InstallationKeys, InstallationOptions, NewAccount};
use keyward_names::AccountId;
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::admin_request::{Request, Response};
use crate::admin_socket::{answer, ask_server, connect};
use crate::arguments::{InstallationArguments, NewAccountArguments};
use crate::master_key;
use crate::new_account::new_account;
use crate::output::say;

/// `keyward account create`
pub(crate) async fn create_account(
    place: &InstallationArguments,
    account: NewAccountArguments,
) -> anyhow::Result<()> {
    let NewAccount {
        id,
        name,
        root_email,
        with_root_credentials: _,
    } = new_account(account)?;
    let request = Request::CreateAccount {
        account_id: id,
        account_name: name,
        root_email,
    };
    ask(place, request).await
}

/// `keyward account list`
pub(crate) async fn list_accounts(place: &InstallationArguments) -> anyhow::Result<()> {
    ask(place, Request::ListAccounts).await
}

/// `keyward root reset-password`
pub(crate) async fn reset_root_password(
    place: &InstallationArguments,
    account_id: AccountId,
) -> anyhow::Result<()> {
    ask(place, Request::ResetRootPassword { account_id }).await
}

/// `keyward why`
pub(crate) async fn why(
    place: &InstallationArguments,
    request_id: Option<String>,
) -> anyhow::Result<()> {
    if connect(&place.data).is_none() {
        bail!(
            "no server runs on `{}`: it keeps its refusals in memory",
            place.data.display()
        );
    }
    ask(place, Request::Why { request_id }).await
}

/// Opens the keys of an existing installation.
pub(crate) async fn open_keys(
    store: &dyn Store,
    data: &Path,
    master_key_file: Option<&Path>,
) -> anyhow::Result<InstallationKeys> {
    let master_key = master_key::find(data, master_key_file)?;
    Ok(InstallationKeys::open(store, master_key).await?)
}

/// Asks the running server, or does it on the store when none is running.
async fn ask(place: &InstallationArguments, request: Request) -> anyhow::Result<()> {
    let response = match connect(&place.data) {
        Some(stream) => ask_server(stream, &request).await?,
        None => ask_store(place, request).await?,
    };
    match response {
        Response::Lines(lines) => {
            lines.iter().for_each(|line| say(line));
            Ok(())
        }
        Response::Error(message) => bail!(message),
    }
}

async fn ask_store(place: &InstallationArguments, request: Request) -> anyhow::Result<Response> {
    if !place.data.is_dir() {
        bail!(
            "`{}` is not a folder: `keyward init` makes an installation",
            place.data.display()
        );
    }
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(OpenOptions::new(&place.data))?);
    let keys = open_keys(&*store, &place.data, place.master_key_file.as_deref()).await?;
    let installation = Installation::start(store, keys, InstallationOptions::default());
    let response = answer(&installation, request).await;
    installation.stop().await?;
    Ok(response)
}
