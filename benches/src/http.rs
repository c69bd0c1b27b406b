//! What a request costs over the bare server: reads, pages, and changes that are synced.

use std::net::SocketAddr;
use std::time::Duration;

use crate::children::{Running, this_program};
use crate::figures::{Rounds, heading};
use crate::installed::Installed;
use crate::load::{Until, load};
use crate::signing::{ask, signed};

const ROUNDS: usize = 7;
const CONNECTIONS: usize = 16;
const ROUND_TIME: Duration = Duration::from_secs(2);

pub(crate) fn run() -> anyhow::Result<()> {
    let installed = Installed::make("http")?;
    let server = installed.serve()?;
    installed.make_users(&server, 200)?;
    heading("Requests a second, 16 connections");
    read(
        &installed,
        &server,
        "signed GetUser",
        "55, aim 80",
        |connection| format!("Action=GetUser&UserName=user-{connection:06}"),
    )?;
    read(
        &installed,
        &server,
        "ListUsers, page of 100",
        "30, aim 50",
        |_| "Action=ListUsers&MaxItems=100".to_owned(),
    )?;
    create(&installed, &server)
}

/// Reads against the bare server answering as many bytes to the same request.
fn read(
    installed: &Installed,
    server: &Running,
    what: &str,
    must: &str,
    form: impl Fn(usize) -> String,
) -> anyhow::Result<()> {
    let body = ask(&installed.key, server.address, &form(0))?;
    let bare = Running::start(this_program()?.args(["bare-server", &body.len().to_string()]))?;
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        let rate = |address: SocketAddr| -> anyhow::Result<f64> {
            let requests = (0..CONNECTIONS)
                .map(|connection| Ok(vec![signed(&installed.key, address, &form(connection))?]))
                .collect::<anyhow::Result<Vec<_>>>()?;
            Ok(load(address, &requests, true, Until::Elapsed(ROUND_TIME))?.per_second())
        };
        let (reference, ours) = (rate(bare.address)?, rate(server.address)?);
        // The first round warms both up.
        if round > 0 {
            rounds.push(reference, ours);
        }
    }
    rounds.report(what, "/s", must);
    Ok(())
}

/// `CreateUser`, acknowledged after a sync, against a server that only appends and syncs.
fn create(installed: &Installed, server: &Running) -> anyhow::Result<()> {
    let log = installed.folder.join("floor.log");
    let floor = Running::start(this_program()?.arg("floor-server").arg(&log))?;
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        let rate = |address: SocketAddr| -> anyhow::Result<f64> {
            // More than can be answered in a round, so that no connection runs dry.
            let requests = (0..CONNECTIONS)
                .map(|connection| {
                    (0..4_000)
                        .map(|number| {
                            let name = format!("new-{round}-{connection:02}-{number:04}");
                            let form = format!("Action=CreateUser&UserName={name}");
                            signed(&installed.key, address, &form)
                        })
                        .collect()
                })
                .collect::<anyhow::Result<Vec<Vec<_>>>>()?;
            Ok(load(address, &requests, false, Until::Elapsed(ROUND_TIME))?.per_second())
        };
        let (reference, ours) = (rate(floor.address)?, rate(server.address)?);
        if round > 0 {
            rounds.push(reference, ours);
        }
    }
    rounds.report("CreateUser, acknowledged after a sync", "/s", "50, aim 80");
    Ok(())
}
