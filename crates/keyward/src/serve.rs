//! `keyward serve`: serves an installation.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_engine::{Installation, InstallationOptions, Maker};
use keyward_server::{Mode, Options, Server, Tls};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::admin_socket::Socket;
use crate::administration;
use crate::arguments::ServeArguments;
use crate::audit;
use crate::configuration::Configuration;
use crate::output::{cannot_listen, say};
use crate::stop;

/// Serves until told to stop.
pub(crate) async fn run(arguments: ServeArguments) -> anyhow::Result<()> {
    let tls = tls(&arguments)?;
    if tls.is_none() && !arguments.listen.ip().is_loopback() && !arguments.insecure_http {
        bail!(
            "{} can be reached from other machines, and plain HTTP lets them read along: give \
             --tls-cert and --tls-key, or --insecure-http where a proxy in front does TLS",
            arguments.listen.ip()
        );
    }
    let configuration = Configuration::read(arguments.config.as_deref())?;
    let place = &arguments.place;
    if !place.data.is_dir() {
        bail!(
            "`{}` is not a folder: `keyward init` makes an installation",
            place.data.display()
        );
    }
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(OpenOptions::new(&place.data))?);
    let keys =
        administration::open_keys(&*store, &place.data, place.master_key_file.as_deref()).await?;
    check_maker(&*store, &place.data, arguments.adopt).await?;
    let options = InstallationOptions {
        quotas: configuration.quotas(),
        aws_policies: configuration.aws_policies()?,
        audit: audit::start(
            &configuration,
            arguments.audit.as_deref(),
            Some(audit::usual_folder(&place.data)),
        )?,
        identity_providers: configuration.identity_providers()?,
        token_issuer_base: configuration.token_issuer_base()?,
        outside_root_key: None,
    };
    let installation = Installation::start(store, keys, options);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let options = Options {
        mode: Mode::Serve,
        configured_key: None,
        limits: configuration.limits(),
        trusted_proxies: arguments.trusted_proxies,
    };
    let server = Server::bind(arguments.listen, Arc::clone(&installation), options, tls)
        .await
        .with_context(|| cannot_listen(arguments.listen))?;
    let address = server.address()?;
    let signals = stop::Signals::listen()?;
    let socket = Socket::open(&place.data, Arc::clone(&installation));
    say(&format!("keyward ready on {scheme}://{address}"));
    stop::serve_until_told(server, &installation, signals, Some(socket)).await
}

/// Whoever reached `dev` was root: what is in its folder is anybody's, unless the operator says it is not.
async fn check_maker(store: &dyn Store, data: &Path, adopt: bool) -> anyhow::Result<()> {
    if Maker::of(store).await? != Maker::Dev {
        return Ok(());
    }
    if !adopt {
        bail!(
            "`{}` was made by `keyward dev`, where anybody who reached it was root: give --adopt if what is \
             in it can be trusted all the same",
            data.display()
        );
    }
    Ok(Maker::Init.note(store).await?)
}

fn tls(arguments: &ServeArguments) -> anyhow::Result<Option<Tls>> {
    let read = |file: &Path| {
        std::fs::read(file).with_context(|| format!("`{}` can't be read", file.display()))
    };
    match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificates), Some(key)) => Ok(Some(Tls {
            certificates: read(certificates)?,
            key: read(key)?,
        })),
        (Some(_), None) | (None, Some(_)) | (None, None) => Ok(None),
    }
}
