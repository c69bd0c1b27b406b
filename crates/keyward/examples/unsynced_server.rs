//! What `keyward serve` must never be: a server whose commits do not wait for the disk.
//!
//! The suite that watches the program's system calls runs this too, to show that it would notice a
//! sync that is missing. Takes the data folder; makes a new installation in it, prints the root
//! user's credentials as `init` does, and serves on a free port until told to stop.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use keyward_credentials::MasterKey;
use keyward_engine::{
    Clock, Installation, InstallationKeys, InstallationOptions, NewAccount, random,
};
use keyward_names::AccountId;
use keyward_server::{Limits, Mode, Options, Server};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore, Synchronous};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> anyhow::Result<()> {
    let data = std::env::args_os().nth(1).context("give a data folder")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(OpenOptions {
        synchronous: Synchronous::Off,
        ..OpenOptions::new(data)
    }))
}

async fn serve(open: OpenOptions) -> anyhow::Result<()> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(open)?);
    let master_key = MasterKey::new(random()?);
    let keys = InstallationKeys::create(&*store, master_key, Clock::real_now()).await?;
    let installation = Installation::start(store, keys, InstallationOptions::default());
    let id = AccountId::parse("111122223333")?;
    let root = NewAccount {
        id,
        name: "unsynced".to_owned(),
        root_email: "root@unsynced.invalid".to_owned(),
        with_root_credentials: true,
    };
    let credentials = installation
        .create_account(root)
        .await?
        .context("the account was made without root credentials")?;
    let options = Options {
        mode: Mode::Serve,
        configured_key: None,
        limits: Limits::default(),
        trusted_proxies: Vec::new(),
    };
    let listen = ([127, 0, 0, 1], 0).into();
    let server = Server::bind(listen, Arc::clone(&installation), options, None).await?;
    writeln!(
        std::io::stdout(),
        "Access key id     {}\nSecret access key {}\nkeyward ready on http://{}",
        credentials.access_key_id,
        credentials.secret_access_key.expose(),
        server.address()?
    )?;
    let mut terminate = signal(SignalKind::terminate())?;
    server
        .run(async move {
            terminate.recv().await;
        })
        .await;
    installation.stop().await?;
    Ok(())
}
