//! Administration of an installation: by the running server where there is one, else on the store.
//!
//! A running server listens on a Unix socket in its data folder, which only its owner can open. One
//! request and one answer, a line of JSON each, go over a connection.

use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use keyward_names::AccountId;
use keyward_operations::{Installation, InstallationKeys, InstallationOptions, NewAccount};
use keyward_store::Store;
use keyward_store_sqlite::{OpenOptions, SqliteStore};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::arguments::{NewAccountArguments, Place};
use crate::init::new_account;
use crate::master_key;
use crate::output::say;

const SOCKET_NAME: &str = "admin.sock";
/// More than any request has.
const REQUEST_BYTES: u64 = 64 * 1024;
/// How long a request may take to come.
const REQUEST_TIME: Duration = Duration::from_secs(10);

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Request {
    CreateAccount {
        account_id: AccountId,
        account_name: String,
        root_email: String,
    },
    ListAccounts,
    ResetRootPassword {
        account_id: AccountId,
    },
}

/// The answer: lines for the person who asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Response {
    Lines(Vec<String>),
    Error(String),
}

/// `keyward account create`
pub(crate) async fn create_account(
    place: &Place,
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
pub(crate) async fn list_accounts(place: &Place) -> anyhow::Result<()> {
    ask(place, Request::ListAccounts).await
}

/// `keyward root reset-password`
pub(crate) async fn reset_root_password(
    place: &Place,
    account_id: AccountId,
) -> anyhow::Result<()> {
    ask(place, Request::ResetRootPassword { account_id }).await
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

/// The socket of a running server. It is removed when this is dropped, which must be before the
/// lock on the folder is let go.
pub(crate) struct Socket(Option<PathBuf>);

impl Socket {
    /// Opens the socket in a data folder whose lock is held. Where that fails the server goes on
    /// without: administration then needs it stopped.
    pub(crate) fn open(data: &Path, installation: Arc<Installation>) -> Self {
        let path = data.join(SOCKET_NAME);
        match listen(&path) {
            Ok(listener) => {
                tokio::spawn(answer_all(listener, installation));
                Self(Some(path))
            }
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "no socket for administration");
                Self(None)
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn listen(path: &Path) -> std::io::Result<UnixListener> {
    // The lock on the folder is ours: a socket that is there was left by a server that was killed.
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    // Made with mode 0600 from the start: nobody can slip in before a chmod.
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    listener
}

async fn answer_all(listener: UnixListener, installation: Arc<Installation>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let installation = Arc::clone(&installation);
                tokio::spawn(async move {
                    if let Err(error) = answer_one(stream, &installation).await {
                        tracing::warn!(%error, "an administrator was not answered");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "an administrator could not be let in");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer_one(stream: UnixStream, installation: &Installation) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(REQUEST_BYTES));
    tokio::time::timeout(REQUEST_TIME, read.read_line(&mut line))
        .await
        .context("the request did not come in time")??;
    let response = match serde_json::from_str(&line) {
        Ok(request) => answer(installation, request).await,
        Err(error) => Response::Error(format!("the request is malformed: {error}")),
    };
    write
        .write_all(serde_json::to_string(&response)?.as_bytes())
        .await?;
    write.write_all(b"\n").await?;
    Ok(())
}

async fn answer(installation: &Installation, request: Request) -> Response {
    match administer(installation, request).await {
        Ok(lines) => Response::Lines(lines),
        Err(error) => Response::Error(format!("{error:#}")),
    }
}

async fn administer(installation: &Installation, request: Request) -> anyhow::Result<Vec<String>> {
    match request {
        Request::CreateAccount {
            account_id,
            account_name,
            root_email,
        } => {
            let new = NewAccount {
                id: account_id,
                name: account_name,
                root_email: root_email.clone(),
                with_root_credentials: true,
            };
            let made = installation.create_account(new).await?;
            let credentials = made.context("the account was made without root credentials")?;
            Ok(crate::init::credentials_lines(
                account_id,
                &root_email,
                &credentials,
            ))
        }
        Request::ListAccounts => {
            let accounts = installation.list_accounts().await?;
            let line = |account: keyward_operations::AccountSummary| {
                let alias = account.alias.unwrap_or_else(|| "-".to_owned());
                format!(
                    "{}\t{}\t{}\t{}",
                    account.id, alias, account.name, account.root_email
                )
            };
            Ok(accounts.into_iter().map(line).collect())
        }
        Request::ResetRootPassword { account_id } => {
            let password = installation.reset_root_password(account_id).await?;
            Ok(vec![format!("Root password     {}", password.expose())])
        }
    }
}

/// Asks the running server, or does it on the store when none is running.
async fn ask(place: &Place, request: Request) -> anyhow::Result<()> {
    let response = match connect(&place.data.join(SOCKET_NAME)) {
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

fn connect(socket: &Path) -> Option<BlockingStream> {
    BlockingStream::connect(socket).ok()
}

async fn ask_server(stream: BlockingStream, request: &Request) -> anyhow::Result<Response> {
    stream.set_nonblocking(true)?;
    let (read, mut write) = UnixStream::from_std(stream)?.into_split();
    write
        .write_all(serde_json::to_string(request)?.as_bytes())
        .await?;
    write.write_all(b"\n").await?;
    let mut line = String::new();
    BufReader::new(read).read_line(&mut line).await?;
    serde_json::from_str(&line).context("the server gave no answer")
}

async fn ask_store(place: &Place, request: Request) -> anyhow::Result<Response> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_asks_nothing_is_not_waited_for() {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
        let master_key = keyward_operations::MasterKey::new([7; 32]);
        let now = keyward_operations::Clock::real_now();
        let keys = InstallationKeys::create(&*store, master_key, now)
            .await
            .unwrap();
        let installation = Installation::start(store, keys, InstallationOptions::default());
        let (mut silent, served) = UnixStream::pair().unwrap();
        silent.write_all(b"{").await.unwrap();
        let answered = tokio::time::timeout(2 * REQUEST_TIME, answer_one(served, &installation));
        let error = answered.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the request did not come in time");
    }
}
