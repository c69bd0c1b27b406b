//! A server that runs in the test, spoken to over real connections.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dev;
mod issuers;
mod limits;
mod log;
mod pages;

use std::net::SocketAddr;

use keyward_names::AccountId;
use keyward_server::{DEV_ACCOUNT, DevOptions, Limits, Mode, Options, Server, Stopped};
use keyward_testkit::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: tokio::task::JoinHandle<Stopped>,
    world: World,
}

async fn start(limits: Limits) -> Running {
    start_as(Mode::Dev(dev_options()), limits).await
}

async fn start_as(mode: Mode, limits: Limits) -> Running {
    start_in(World::new().await, mode, limits).await
}

async fn start_in(world: World, mode: Mode, limits: Limits) -> Running {
    let options = Options {
        mode,
        configured_key: None,
        limits,
        trusted_proxies: Vec::new(),
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    let installation = std::sync::Arc::clone(&world.installation);
    let server = Server::bind(listen, installation, options, None)
        .await
        .unwrap();
    let address = server.address().unwrap();
    let (stop, told) = oneshot::channel();
    let stopped = tokio::spawn(server.run(async {
        let _ = told.await;
    }));
    Running {
        address,
        stop,
        stopped,
        world,
    }
}

/// Sends some bytes and reads until the server closes the connection.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// `dev` without options.
fn dev_options() -> DevOptions {
    DevOptions::new(AccountId::parse(DEV_ACCOUNT).unwrap())
}
