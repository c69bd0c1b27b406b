//! What setting passwords costs over hashing them, and what it leaves to those who read.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use crate::children::{Running, this_program};
use crate::figures::{Rounds, heading, median};
use crate::installed::Installed;
use crate::load::{Loaded, Until, load};
use crate::signing::{ask, encoded, signed};

const ROUNDS: usize = 5;
pub(crate) const CONNECTIONS: usize = 16;
const SECONDS: u64 = 5;
const ROUND_TIME: Duration = Duration::from_secs(SECONDS);

/// Every password is new, so that the reuse rule never refuses one.
static NEXT_PASSWORD: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn run() -> anyhow::Result<()> {
    let installed = Installed::make("password")?;
    let server = installed.serve()?;
    installed.make_users(&server, CONNECTIONS)?;
    for number in 0..CONNECTIONS {
        let form = format!(
            "Action=CreateLoginProfile&UserName=user-{number:06}&Password={}",
            next_password()
        );
        ask(&installed.key, server.address, &form)?;
    }
    heading("Passwords set a second, 16 connections, against one hashing process a core");
    against_raw_hashing(&installed, &server, "UpdateLoginProfile")?;
    let policy = "Action=UpdateAccountPasswordPolicy&PasswordReusePrevention=24";
    ask(&installed.key, server.address, policy)?;
    for number in (0..CONNECTIONS).flat_map(|number| [number; 24]) {
        ask(&installed.key, server.address, &set_password(number))?;
    }
    against_raw_hashing(
        &installed,
        &server,
        "UpdateLoginProfile, 24 passwords remembered",
    )?;
    reads_and_sets_together(&installed, &server)
}

fn against_raw_hashing(installed: &Installed, server: &Running, what: &str) -> anyhow::Result<()> {
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        rounds.push(
            raw_hash_rate()?,
            sets(installed, server, None)?.per_second(),
        );
    }
    rounds.report(what, "/s", "90, aim 95");
    Ok(())
}

/// One hashing process for each core, all at once.
fn raw_hash_rate() -> anyhow::Result<f64> {
    let cores = std::thread::available_parallelism()?.get();
    let children = (0..cores)
        .map(|_| {
            let mut command = this_program()?;
            command
                .args(["raw-hash", &SECONDS.to_string()])
                .stdout(Stdio::piped());
            command.spawn().context("can't be started")
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut sum = 0.0;
    for child in children {
        let output = child.wait_with_output()?;
        sum += String::from_utf8(output.stdout)?.trim().parse::<f64>()?;
    }
    Ok(sum)
}

/// Sets passwords of the first users for a round, or until told.
pub(crate) fn sets(
    installed: &Installed,
    server: &Running,
    told: Option<&AtomicBool>,
) -> anyhow::Result<Loaded> {
    let requests = (0..CONNECTIONS)
        .map(|number| {
            (0..200)
                .map(|_| signed(&installed.key, server.address, &set_password(number)))
                .collect()
        })
        .collect::<anyhow::Result<Vec<Vec<_>>>>()?;
    let until = told.map_or(Until::Elapsed(ROUND_TIME), Until::Told);
    load(server.address, &requests, false, until)
}

/// Reads the first users for a round.
pub(crate) fn reads(installed: &Installed, server: &Running) -> anyhow::Result<Loaded> {
    reads_of(installed, server, "user")
}

/// Reads the first users whose names begin so, for a round.
pub(crate) fn reads_of(
    installed: &Installed,
    server: &Running,
    name: &str,
) -> anyhow::Result<Loaded> {
    let requests = (0..CONNECTIONS)
        .map(|number| {
            let form = format!("Action=GetUser&UserName={name}-{number:06}");
            Ok(vec![signed(&installed.key, server.address, &form)?])
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    load(server.address, &requests, true, Until::Elapsed(ROUND_TIME))
}

fn reads_and_sets_together(installed: &Installed, server: &Running) -> anyhow::Result<()> {
    let (mut read_rounds, mut set_rounds) = (Rounds::default(), Rounds::default());
    let mut latencies = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let (idle_reads, idle_sets) = (reads(installed, server)?, sets(installed, server, None)?);
        let told = AtomicBool::new(false);
        let (busy_reads, busy_sets) = std::thread::scope(|scope| {
            let setting = scope.spawn(|| sets(installed, server, Some(&told)));
            // Reads begin once sets are under way.
            std::thread::sleep(Duration::from_millis(300));
            let busy_reads = reads(installed, server);
            told.store(true, Ordering::Relaxed);
            let busy_sets = setting
                .join()
                .map_err(|_| anyhow::anyhow!("the sets panicked"))?;
            anyhow::Ok((busy_reads?, busy_sets?))
        })?;
        read_rounds.push(idle_reads.per_second(), busy_reads.per_second());
        set_rounds.push(idle_sets.per_second(), busy_sets.per_second());
        let measured = [
            idle_reads.percentile(0.5),
            busy_reads.percentile(0.5),
            idle_reads.percentile(0.99),
            busy_reads.percentile(0.99),
        ];
        for (list, latency) in latencies.iter_mut().zip(measured) {
            list.push(latency.as_secs_f64() * 1e3);
        }
    }
    heading("Reads and sets together, each against its own idle rate");
    read_rounds.report(
        "signed GetUser while 16 clients set passwords",
        "/s",
        "80, aim 85",
    );
    set_rounds.report("passwords set while reads saturate", "/s", "10, aim 12");
    let [idle_median, busy_median, idle_99, busy_99] = latencies.map(|list| median(&list));
    println!(
        "GetUser p50 {idle_median:.2} ms idle, {busy_median:.2} ms busy; p99 {idle_99:.2} ms idle, {busy_99:.2} ms busy"
    );
    Ok(())
}

fn set_password(number: usize) -> String {
    format!(
        "Action=UpdateLoginProfile&UserName=user-{number:06}&Password={}",
        next_password()
    )
}

fn next_password() -> String {
    let number = NEXT_PASSWORD.fetch_add(1, Ordering::Relaxed);
    encoded(&format!("SomeKindOfPassword{number}!@#"))
}
