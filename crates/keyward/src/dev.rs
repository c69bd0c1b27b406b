//! `keyward dev`: a server for tests and development.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_credentials::{MasterKey, mint_password};
use keyward_engine::{
    Clock, Installation, InstallationKeys, InstallationOptions, Maker, mint_access_key, random,
};
use keyward_names::{AccountId, Secret};
use keyward_server::{
    ConfiguredKey, DevOptions, Mode, Options, Server, dev_root_email, make_dev_account,
};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::admin_socket::Socket;
use crate::administration;
use crate::arguments::DevArguments;
use crate::configuration::Configuration;
use crate::master_key;
use crate::output::{cannot_listen, complain, say};
use crate::{audit, stop, why};

/// Serves until told to stop.
pub(crate) async fn run(arguments: DevArguments) -> anyhow::Result<()> {
    check_address(&arguments)?;
    let configuration = Configuration::read(arguments.config.as_deref())?;
    let (store, keys) = open(&arguments).await?;
    let account = arguments.account;
    let root_key = root_key(account, arguments.enforce)?;
    let options = InstallationOptions {
        quotas: configuration.quotas(),
        aws_policies: configuration.aws_policies()?,
        audit: audit::start(&configuration, arguments.audit.as_deref(), None)?,
        identity_providers: configuration.identity_providers()?,
        token_issuer_base: configuration.token_issuer_base()?,
        outside_root_key: root_key.key().map(|key| key.account),
    };
    let installation = Installation::start(store, keys, options);
    make_dev_account(&installation, account).await?;
    let root_password = RootPassword::of(arguments.enforce)?;
    let options = Options {
        mode: Mode::Dev(DevOptions {
            account,
            root_password: root_password.password().cloned(),
            enforce: arguments.enforce,
            hosts: arguments.hosts,
            explain: Some(why::explanation),
        }),
        configured_key: root_key.key().cloned(),
        limits: configuration.limits(),
        trusted_proxies: Vec::new(),
    };
    let server = Server::bind(arguments.listen, Arc::clone(&installation), options, None)
        .await
        .with_context(|| cannot_listen(arguments.listen))?;
    let address = server.address()?;
    let signals = stop::Signals::listen()?;
    let socket = arguments
        .data
        .as_deref()
        .map(|data| Socket::open(data, Arc::clone(&installation)));
    let enforce = arguments.enforce;
    say(&banner(
        address,
        account,
        enforce,
        &root_key,
        &root_password,
    ));
    if !arguments.quiet {
        why::tell_at_terminal(&installation);
    }
    say(&format!("keyward ready on http://{address}"));
    stop::serve_until_told(server, &installation, signals, socket).await
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
    let maker = if arguments.enforce {
        Maker::DevEnforced
    } else {
        Maker::Dev
    };
    if store.load(AccountId::INSTALLATION).await?.is_some() {
        let made_by = Maker::of(&*store).await?;
        if made_by == Maker::Init {
            bail!(
                "`{}` holds an installation that `keyward init` made or `keyward serve` took over: `dev` would \
                 let anybody be its root and empty it; give another folder",
                data.display()
            );
        }
        let keys = administration::open_keys(&*store, data, None).await?;
        if maker == Maker::Dev && made_by != Maker::Dev {
            maker.note(&*store).await?;
        }
        return Ok((store, keys));
    }
    // A key may be left over from a start that got no further.
    let master_key = match master_key::find(data, None) {
        Ok(key) => key,
        Err(_) => master_key::make(data, None)?.0,
    };
    let keys = InstallationKeys::create(&*store, master_key, Clock::real_now()).await?;
    maker.note(&*store).await?;
    Ok((store, keys))
}

/// Root's own key, and where it is from.
enum RootKey {
    /// The environment gave it.
    Given(ConfiguredKey),
    /// It was made, as unknown keys are refused and none was given.
    Made(ConfiguredKey),
    /// There is none: any unknown key is root's.
    None,
}

impl RootKey {
    fn key(&self) -> Option<&ConfiguredKey> {
        match self {
            Self::Given(key) | Self::Made(key) => Some(key),
            Self::None => None,
        }
    }
}

/// The root key that the environment gives, or, where unknown keys are refused, a new one.
fn root_key(account: AccountId, enforce: bool) -> anyhow::Result<RootKey> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = (
        variable("KEYWARD_ROOT_ACCESS_KEY_ID"),
        variable("KEYWARD_ROOT_SECRET_ACCESS_KEY"),
    );
    match given {
        (Some(access_key_id), Some(secret)) => Ok(RootKey::Given(ConfiguredKey {
            access_key_id,
            secret_access_key: Secret::new(secret),
            account,
        })),
        (None, None) if enforce => {
            let (id, secret_access_key) = mint_access_key(account)?;
            Ok(RootKey::Made(ConfiguredKey {
                access_key_id: id.to_string(),
                secret_access_key,
                account,
            }))
        }
        (None, None) => Ok(RootKey::None),
        (Some(_), None) | (None, Some(_)) => {
            bail!("KEYWARD_ROOT_ACCESS_KEY_ID and KEYWARD_ROOT_SECRET_ACCESS_KEY go together")
        }
    }
}

/// The password that the root user signs in with on the page.
enum RootPassword {
    /// The environment gave it.
    Given(Secret),
    /// It was made.
    Made(Secret),
    /// There is none.
    None,
}

impl RootPassword {
    /// Where nothing is checked, everybody is root anyway; where keys are enforced, only a password that
    /// somebody chose lets anybody in.
    fn of(enforce: bool) -> anyhow::Result<Self> {
        let given = std::env::var("KEYWARD_ROOT_PASSWORD");
        Ok(match given.ok().filter(|password| !password.is_empty()) {
            Some(password) => Self::Given(Secret::new(password)),
            None if enforce => Self::None,
            None => Self::Made(mint_password(&random()?)),
        })
    }

    fn password(&self) -> Option<&Secret> {
        match self {
            Self::Given(password) | Self::Made(password) => Some(password),
            Self::None => None,
        }
    }
}

fn banner(
    address: SocketAddr,
    account: AccountId,
    enforce: bool,
    root_key: &RootKey,
    root_password: &RootPassword,
) -> String {
    let (signatures, policies) = if enforce {
        ("checked", "enforced")
    } else {
        (
            "checked for keys that Keyward issued; any other key acts as root",
            "enforced for keys that Keyward issued",
        )
    };
    let (id, secret) = match root_key {
        RootKey::None => ("test", "test"),
        RootKey::Made(key) => (&*key.access_key_id, key.secret_access_key.expose()),
        // Who gave it knows it, and what is printed may be kept in a log.
        RootKey::Given(key) => (&*key.access_key_id, "$KEYWARD_ROOT_SECRET_ACCESS_KEY"),
    };
    let email = dev_root_email(account);
    let root_user = match root_password {
        RootPassword::Made(password) => format!("{email}, password {}", password.expose()),
        RootPassword::Given(_) => format!("{email}, password $KEYWARD_ROOT_PASSWORD"),
        RootPassword::None => "can't sign in: set KEYWARD_ROOT_PASSWORD".to_owned(),
    };
    format!(
        "Keyward {version} dev\n  \
         endpoint     http://{address}\n  \
         sign in      http://localhost:{port}/\n  \
         root user    {root_user}\n  \
         account      {account}\n  \
         signatures   {signatures}\n  \
         policies     {policies}\n  \
         credentials  AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}",
        version = env!("CARGO_PKG_VERSION"),
        port = address.port(),
    )
}

#[cfg(test)]
mod tests {
    use keyward_server::DEV_ACCOUNT;

    use super::*;

    #[test]
    fn a_secret_is_printed_only_where_it_was_made() {
        let account = AccountId::parse(DEV_ACCOUNT).unwrap();
        let key = || ConfiguredKey {
            access_key_id: "root-key".to_owned(),
            secret_access_key: Secret::new("root-secret".to_owned()),
            account,
        };
        let address = "127.0.0.1:1".parse().unwrap();
        let printed = |root_key: RootKey| {
            let banner = banner(address, account, true, &root_key, &RootPassword::None);
            banner.lines().last().unwrap().trim().to_owned()
        };
        assert_eq!(
            printed(RootKey::Made(key())),
            "credentials  AWS_ACCESS_KEY_ID=root-key AWS_SECRET_ACCESS_KEY=root-secret"
        );
        assert_eq!(
            printed(RootKey::Given(key())),
            "credentials  AWS_ACCESS_KEY_ID=root-key \
             AWS_SECRET_ACCESS_KEY=$KEYWARD_ROOT_SECRET_ACCESS_KEY"
        );
    }

    #[test]
    fn a_password_that_was_given_is_not_printed() {
        let account = AccountId::parse(DEV_ACCOUNT).unwrap();
        let address = "127.0.0.1:1".parse().unwrap();
        let printed = |password: RootPassword| {
            let banner = banner(address, account, false, &RootKey::None, &password);
            banner
                .lines()
                .find_map(|line| line.trim().strip_prefix("root user"))
                .unwrap()
                .trim()
                .to_owned()
        };
        let secret = || Secret::new("Root-Password-1".to_owned());
        assert_eq!(
            printed(RootPassword::Made(secret())),
            "root@000000000000.localhost, password Root-Password-1"
        );
        assert_eq!(
            printed(RootPassword::Given(secret())),
            "root@000000000000.localhost, password $KEYWARD_ROOT_PASSWORD"
        );
        assert!(!printed(RootPassword::None).contains("password "));
    }
}
