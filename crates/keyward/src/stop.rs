//! When to stop.

use anyhow::Context as _;
use keyward_operations::Installation;
use keyward_server::{Server, Stopped};
use tokio::signal::unix::{Signal, SignalKind, signal};

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

    async fn told(mut self) {
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
) -> anyhow::Result<()> {
    match server.run(signals.told()).await {
        Stopped::Drained => tracing::info!("stopped: every request was answered"),
        Stopped::CutOff => tracing::warn!("stopped: some requests were cut off"),
    }
    installation
        .stop()
        .await
        .context("the store could not be closed in good order")
}
