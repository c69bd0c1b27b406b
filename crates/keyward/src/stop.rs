//! When to stop.

use anyhow::Context as _;
use keyward_operations::Installation;
use keyward_server::{Server, Stopped};
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGTERM or SIGINT, drains, and closes the store in good order.
pub(crate) async fn serve_until_told(
    server: Server,
    installation: &Installation,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM can't be awaited")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT can't be awaited")?;
    let told = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    match server.run(told).await {
        Stopped::Drained => tracing::info!("stopped: every request was answered"),
        Stopped::CutOff => tracing::warn!("stopped: some requests were cut off"),
    }
    installation
        .stop()
        .await
        .context("the store could not be closed in good order")
}
