//! `keyward dev`: a server for tests and development.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_names::{AccountId, Secret};
use keyward_operations::{
    AdministrationError, Clock, Installation, InstallationKeys, MasterKey, NewAccount,
    mint_access_key, random,
};
use keyward_server::{ConfiguredKey, DEV_ACCOUNT, DevOptions, Mode, Options, Server};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::administration::{self, Socket};
use crate::arguments::DevArguments;
use crate::configuration::Configuration;
use crate::master_key;
use crate::output::{complain, say};
use crate::stop;

/// Serves until told to stop.
pub(crate) async fn run(arguments: DevArguments) -> anyhow::Result<()> {
    check_address(&arguments)?;
    let configuration = Configuration::read(arguments.config.as_deref())?;
    let (store, keys) = open(&arguments).await?;
    let installation = Installation::start(store, keys, configuration.quotas());
    let account = AccountId::parse(DEV_ACCOUNT)?;
    make_account(&installation, account).await?;
    let configured_key = root_key(account, arguments.enforce)?;
    let options = Options {
        mode: Mode::Dev(DevOptions {
            enforce: arguments.enforce,
            hosts: arguments.hosts,
        }),
        configured_key: configured_key.clone(),
        limits: configuration.limits(),
        trusted_proxies: Vec::new(),
    };
    let server = Server::bind(arguments.listen, Arc::clone(&installation), options, None)
        .await
        .with_context(|| format!("can't listen on {}", arguments.listen))?;
    let address = server.address()?;
    let signals = stop::Signals::listen()?;
    let _socket = arguments
        .data
        .as_deref()
        .map(|data| Socket::open(data, Arc::clone(&installation)));
    say(&banner(
        address,
        account,
        arguments.enforce,
        configured_key.as_ref(),
    ));
    say(&format!("keyward ready on http://{address}"));
    stop::serve_until_told(server, &installation, signals).await
}

fn check_address(arguments: &DevArguments) -> anyhow::Result<()> {
    if arguments.listen.ip().is_loopback() {
        return Ok(());
    }
    if !arguments.allow_remote {
        bail!(
            "{} can be reached from other machines, and `dev` trusts who calls: add --allow-remote \
             if that is meant (in a container, say)",
            arguments.listen.ip()
        );
    }
    complain(&format!(
        "warning: `dev` listens on {}: whoever reaches it can act as root of every account",
        arguments.listen
    ));
    Ok(())
}

/// Opens or makes the store and its keys. In memory, the master key is as short-lived as the rest.
async fn open(arguments: &DevArguments) -> anyhow::Result<(Arc<dyn Store>, InstallationKeys)> {
    let Some(data) = &arguments.data else {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory()?);
        let master_key = MasterKey::new(random()?);
        let keys = InstallationKeys::create(&*store, master_key, Clock::real_now()).await?;
        return Ok((store, keys));
    };
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(OpenOptions::new(data))?);
    let keys = if store.load(AccountId::INSTALLATION).await?.is_some() {
        administration::open_keys(&*store, data, None).await?
    } else {
        // A key may be left over from a start that got no further.
        let master_key = match master_key::find(data, None) {
            Ok(key) => key,
            Err(_) => master_key::make(data, None)?.0,
        };
        InstallationKeys::create(&*store, master_key, Clock::real_now()).await?
    };
    Ok((store, keys))
}

async fn make_account(installation: &Installation, id: AccountId) -> anyhow::Result<()> {
    let new = NewAccount {
        id,
        name: format!("dev-{id}"),
        root_email: format!("root@{id}.localhost"),
        with_root_credentials: false,
    };
    match installation.create_account(new).await {
        Ok(_) | Err(AdministrationError::AlreadyExists(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The root key that the environment gives, or, where unknown keys are refused, a new one.
fn root_key(account: AccountId, enforce: bool) -> anyhow::Result<Option<ConfiguredKey>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = (
        variable("KEYWARD_ROOT_ACCESS_KEY_ID"),
        variable("KEYWARD_ROOT_SECRET_ACCESS_KEY"),
    );
    match given {
        (Some(access_key_id), Some(secret)) => Ok(Some(ConfiguredKey {
            access_key_id,
            secret_access_key: Secret::new(secret),
            account,
        })),
        (None, None) if enforce => {
            let (id, secret_access_key) = mint_access_key(account)?;
            Ok(Some(ConfiguredKey {
                access_key_id: id.to_string(),
                secret_access_key,
                account,
            }))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            bail!("KEYWARD_ROOT_ACCESS_KEY_ID and KEYWARD_ROOT_SECRET_ACCESS_KEY go together")
        }
    }
}

fn banner(
    address: SocketAddr,
    account: AccountId,
    enforce: bool,
    root_key: Option<&ConfiguredKey>,
) -> String {
    let (signatures, policies) = if enforce {
        ("checked", "enforced")
    } else {
        (
            "checked for keys that Keyward issued; any other key acts as root",
            "enforced for keys that Keyward issued",
        )
    };
    let (id, secret) = root_key.map_or(("test", "test"), |key| {
        (&*key.access_key_id, key.secret_access_key.expose())
    });
    format!(
        "Keyward {version} dev\n  \
         endpoint     http://{address}\n  \
         console      http://localhost:{port}/\n  \
         account      {account}\n  \
         signatures   {signatures}\n  \
         policies     {policies}\n  \
         credentials  AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}",
        version = env!("CARGO_PKG_VERSION"),
        port = address.port(),
    )
}
