//! When to stop.

use anyhow::Context as _;
use keyward_engine::Installation;
use keyward_server::{Server, Stopped};
use keyward_store::StoreError;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::admin_socket::Socket;

/// SIGTERM and SIGINT, listened for. From here on they no longer end the process at once, so this
/// comes before anyone is told that the server is ready.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Begins to listen.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("SIGTERM can't be awaited")?,
            interrupt: signal(SignalKind::interrupt()).context("SIGINT can't be awaited")?,
        })
    }

    /// Waits for either.
    pub(crate) async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until told to stop, drains, and closes the store in good order.
pub(crate) async fn serve_until_told(
    server: Server,
    installation: &Installation,
    signals: Signals,
    socket: Option<Socket>,
) -> anyhow::Result<()> {
    match server.run(signals.told()).await {
        Stopped::Drained => tracing::info!("stopped: every request was answered"),
        Stopped::CutOff => tracing::warn!("stopped: some requests were cut off"),
    }
    close(socket, installation.stop())
        .await
        .context("the store could not be closed in good order")
}

/// Removes the socket, then closes the store: once the store's lock is let go, a socket that is
/// there is another server's.
async fn close(
    socket: Option<Socket>,
    store_closed: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    drop(socket);
    store_closed.await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keyward_credentials::MasterKey;
    use keyward_engine::{Clock, InstallationKeys, InstallationOptions};
    use keyward_store::Store;
    use keyward_store_sqlite::SqliteStore;

    use super::*;

    #[tokio::test]
    async fn the_socket_is_gone_before_the_store_is_closed() {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
        let master_key = MasterKey::new([7; 32]);
        let keys = InstallationKeys::create(&*store, master_key, Clock::real_now())
            .await
            .unwrap();
        let installation = Installation::start(store, keys, InstallationOptions::default());
        let folder = tempfile::tempdir().unwrap();
        let socket = Socket::open(folder.path(), Arc::clone(&installation));
        let sockets = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(sockets(), 1);
        let mut left = None;
        close(Some(socket), async {
            left = Some(sockets());
            installation.stop().await
        })
        .await
        .unwrap();
        assert_eq!(left, Some(0));
    }
}
