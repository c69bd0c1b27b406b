//! The socket by which a running server is administered.
//!
//! A running server listens on a Unix socket in its data folder, which only its owner can open. One
//! request and one answer, a line of JSON each, go over a connection.

use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use keyward_engine::{AccountSummary, Installation, NewAccount};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::admin_request::{Request, Response};
use crate::new_account::credentials_lines;
use crate::why;

const SOCKET_NAME: &str = "admin.sock";
/// More than any request has.
const REQUEST_BYTES: u64 = 64 * 1024;
/// How long a request may take to come.
const REQUEST_TIME: Duration = Duration::from_secs(10);

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

#[expect(
    clippy::disallowed_methods,
    reason = "a socket that cannot accept is given time; nothing tells when it can"
)]
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

pub(crate) async fn answer_one(
    stream: UnixStream,
    installation: &Installation,
) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(REQUEST_BYTES));
    tokio::time::timeout(REQUEST_TIME, read.read_line(&mut line))
        .await
        .context("the request did not come in time")??;
    let response = match Request::read(&line) {
        Ok(request) => answer(installation, request).await,
        Err(error) => Response::Error(error),
    };
    write
        .write_all(serde_json::to_string(&response)?.as_bytes())
        .await?;
    write.write_all(b"\n").await?;
    Ok(())
}

/// Does what was asked.
pub(crate) async fn answer(installation: &Installation, request: Request) -> Response {
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
            Ok(credentials_lines(account_id, &root_email, &credentials))
        }
        Request::Why { request_id } => {
            why::answer(installation, request_id.as_deref()).map_err(anyhow::Error::msg)
        }
        Request::ListAccounts => {
            let accounts = installation.list_accounts().await?;
            let line = |account: AccountSummary| {
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

/// Connects to the running server of a data folder; `None` where none is running.
pub(crate) fn connect(data: &Path) -> Option<BlockingStream> {
    BlockingStream::connect(data.join(SOCKET_NAME)).ok()
}

/// Asks a running server.
pub(crate) async fn ask_server(
    stream: BlockingStream,
    request: &Request,
) -> anyhow::Result<Response> {
    stream.set_nonblocking(true)?;
    let stream = UnixStream::from_std(stream)?;
    // Whoever listens there is told secrets and believed about passwords.
    let server = stream.peer_cred()?.uid();
    if server != rustix::process::geteuid().as_raw() && server != 0 {
        anyhow::bail!("the server at the folder's socket is another user's (uid {server})");
    }
    let (read, mut write) = stream.into_split();
    write
        .write_all(serde_json::to_string(request)?.as_bytes())
        .await?;
    write.write_all(b"\n").await?;
    let mut line = String::new();
    BufReader::new(read).read_line(&mut line).await?;
    serde_json::from_str(&line).context("the server gave no answer")
}

#[cfg(test)]
mod tests {
    use keyward_engine::{InstallationKeys, InstallationOptions};
    use keyward_store::Store;
    use keyward_store_sqlite::SqliteStore;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_asks_nothing_is_not_waited_for() {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
        let master_key = keyward_credentials::MasterKey::new([7; 32]);
        let now = keyward_engine::Clock::real_now();
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
