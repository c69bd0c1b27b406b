//! Whether the time of a refused sign-in tells why, what it costs to show when passwords were last
//! used, and what a storm of sign-ins leaves to the API.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::runtime::Runtime;

use crate::children::Running;
use crate::figures::{Rounds, heading, median};
use crate::installed::Installed;
use crate::load::{Loaded, join_all};
use crate::password::{CONNECTIONS, reads, reads_of, sets};
use crate::signing::ask;
use crate::visit::{Entered, Visit};

const ACCOUNT: &str = "123456789012";
const PASSWORD: &str = "Right-Password-1";
/// Tries of each kind.
const TRIES: usize = 200;
/// How far apart the medians of the kinds may be, in percent.
const BOUND: f64 = 5.0;
const ROUNDS: usize = 5;
/// How many sign in at once in a storm.
const STORM: usize = 64;
/// What every refused sign-in says, whatever is wrong.
const REFUSED: &str = "Your authentication information is incorrect. Please try again.";

pub(crate) fn run() -> anyhow::Result<()> {
    let installed = Installed::make("sign-in")?;
    let server = installed.serve()?;
    make_people(&installed, &server)?;
    println!("Load average before: {}", load_average()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    refusals_take_one_time(&runtime, &server)?;
    sign_people_in(&runtime, &server)?;
    last_uses_cost_little(&installed, &server)?;
    storms_leave_the_api_alone(&installed, &server)?;
    println!("Load average after: {}", load_average()?);
    Ok(())
}

/// For each try a user with a password that nobody signs in with, one without a password, and one who
/// will sign in.
fn make_people(installed: &Installed, server: &Running) -> anyhow::Result<()> {
    installed.make_users(server, TRIES)?;
    for number in 0..TRIES {
        for form in [
            format!("Action=CreateLoginProfile&UserName=user-{number:06}&Password={PASSWORD}"),
            format!("Action=CreateUser&UserName=bare-{number:06}"),
            format!("Action=CreateUser&UserName=used-{number:06}"),
            format!("Action=CreateLoginProfile&UserName=used-{number:06}&Password={PASSWORD}"),
        ] {
            ask(&installed.key, server.address, &form)?;
        }
    }
    Ok(())
}

/// Why a sign-in is refused.
#[derive(Clone, Copy)]
enum Kind {
    WrongPassword,
    UnknownUser,
    UnknownAccount,
    NoLoginProfile,
}

const KINDS: [Kind; 4] = [
    Kind::WrongPassword,
    Kind::UnknownUser,
    Kind::UnknownAccount,
    Kind::NoLoginProfile,
];

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong password",
            Self::UnknownUser => "unknown user",
            Self::UnknownAccount => "unknown account",
            Self::NoLoginProfile => "user without a login profile",
        }
    }

    /// A try that no other one shares its account and user name with.
    fn entered(self, number: usize) -> Entered {
        let (account, user_name) = match self {
            Self::WrongPassword => (ACCOUNT.to_owned(), format!("user-{number:06}")),
            Self::UnknownUser => (ACCOUNT.to_owned(), format!("none-{number:06}")),
            Self::UnknownAccount => (format!("2345{number:08}"), format!("user-{number:06}")),
            Self::NoLoginProfile => (ACCOUNT.to_owned(), format!("bare-{number:06}")),
        };
        Entered {
            account,
            user_name,
            password: "Wrong-Password-1".to_owned(),
        }
    }
}

/// Tries of all kinds in turn, one at a time, each from another address and with another user name,
/// so that no back-off is in play.
fn refusals_take_one_time(runtime: &Runtime, server: &Running) -> anyhow::Result<()> {
    let mut times = [const { Vec::new() }; KINDS.len()];
    for number in 0..TRIES {
        // Which kind comes first changes, so that none always follows the same other one.
        for place in 0..KINDS.len() {
            let index = (number + place) % KINDS.len();
            let (Some(kind), Some(times)) = (KINDS.get(index), times.get_mut(index)) else {
                bail!("there is no kind {index}");
            };
            let time = runtime.block_on(refused(server, &kind.entered(number)))?;
            times.push(time.as_secs_f64() * 1e3);
        }
    }
    let right = Entered {
        password: PASSWORD.to_owned(),
        ..Kind::WrongPassword.entered(0)
    };
    let signed_in =
        runtime.block_on(async { Visit::begin(server.address).await?.sign_in(&right).await })?;
    anyhow::ensure!(
        signed_in.status == 303,
        "the right password: {}",
        signed_in.text
    );

    println!(
        "\nRefused sign-ins, {TRIES} of each kind in turn: median and middle half, in milliseconds"
    );
    for (kind, times) in KINDS.iter().zip(&times) {
        println!(
            "{:<58} {:>10.3}   {:.3} to {:.3}",
            kind.name(),
            median(times),
            quantile(times, 0.25),
            quantile(times, 0.75)
        );
    }
    let apart = spread(&times.each_ref().map(|times| median(times)));
    let noise = times.iter().map(|times| {
        let every_second = |first| times.iter().skip(first).step_by(2).copied().collect();
        let halves: [Vec<f64>; 2] = [every_second(0), every_second(1)];
        spread(&halves.map(|half| median(&half)))
    });
    println!(
        "The medians are {apart:.2} % apart at most   must {BOUND} %   (halves of one kind: {:.2} %)",
        noise.fold(0.0, f64::max)
    );
    Ok(())
}

/// How long the answer to a sign-in takes that must be refused like every other.
async fn refused(server: &Running, entered: &Entered) -> anyhow::Result<Duration> {
    let mut visit = Visit::begin(server.address).await?;
    let begun = Instant::now();
    let answer = visit.sign_in(entered).await?;
    let time = begun.elapsed();
    let is_as_expected = answer.status == 403 && answer.text.contains(REFUSED);
    anyhow::ensure!(is_as_expected, "{}: {}", entered.user_name, answer.text);
    Ok(time)
}

/// How far the largest is above the smallest, in percent.
fn spread(figures: &[f64]) -> f64 {
    let largest = figures.iter().copied().fold(f64::MIN, f64::max);
    let smallest = figures.iter().copied().fold(f64::MAX, f64::min);
    (largest / smallest - 1.0) * 100.0
}

fn quantile(figures: &[f64], share: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = (sorted.len() as f64 * share) as usize;
    sorted.get(position).copied().unwrap_or_default()
}

fn sign_people_in(runtime: &Runtime, server: &Running) -> anyhow::Result<()> {
    for number in 0..TRIES {
        let entered = Entered {
            account: ACCOUNT.to_owned(),
            user_name: format!("used-{number:06}"),
            password: PASSWORD.to_owned(),
        };
        let answer = runtime.block_on(async {
            let mut visit = Visit::begin(server.address).await?;
            visit.sign_in(&entered).await
        })?;
        anyhow::ensure!(
            answer.status == 303,
            "{}: {}",
            entered.user_name,
            answer.text
        );
    }
    Ok(())
}

/// Users who signed in are shown with when they last did, which the store is asked for.
fn last_uses_cost_little(installed: &Installed, server: &Running) -> anyhow::Result<()> {
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        let without = reads_of(installed, server, "bare")?;
        let with = reads_of(installed, server, "used")?;
        rounds.push(without.per_second(), with.per_second());
    }
    heading("Users who signed in read, against users without a password");
    rounds.report("signed GetUser, 16 connections", "/s", "50, aim 70");
    Ok(())
}

/// A storm while something else went on.
struct Storm {
    /// Sign-ins a second whose password was hashed.
    judged: f64,
    /// Sign-ins a second that were told to come again, as too many were waiting.
    turned_away: f64,
}

fn storms_leave_the_api_alone(installed: &Installed, server: &Running) -> anyhow::Result<()> {
    let (mut read_rounds, mut set_rounds) = (Rounds::default(), Rounds::default());
    let mut beside_reads = Vec::new();
    let mut beside_sets = Vec::new();
    let mut latencies = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        let idle_reads = reads(installed, server)?;
        let (storm, busy_reads) = beside_a_storm(server, || reads(installed, server))?;
        beside_reads.push(storm);
        let idle_sets = sets(installed, server, None)?;
        let (storm, busy_sets) = beside_a_storm(server, || sets(installed, server, None))?;
        beside_sets.push((storm, busy_sets.per_second()));
        read_rounds.push(idle_reads.per_second(), busy_reads.per_second());
        set_rounds.push(idle_sets.per_second(), busy_sets.per_second());
        let measured = [
            idle_reads.percentile(0.99),
            busy_reads.percentile(0.99),
            idle_sets.percentile(0.99),
            busy_sets.percentile(0.99),
        ];
        for (list, latency) in latencies.iter_mut().zip(measured) {
            list.push(latency.as_secs_f64() * 1e3);
        }
    }
    heading(&format!(
        "API calls of {CONNECTIONS} clients while {STORM} others sign in wrong, against their own idle rate"
    ));
    read_rounds.report("signed GetUser", "/s", "70, aim 80");
    set_rounds.report("UpdateLoginProfile with a password", "/s", "40, aim 48");
    let [idle_reads, busy_reads, idle_sets, busy_sets] = latencies.map(|list| median(&list));
    println!(
        "p99: GetUser {idle_reads:.2} ms idle, {busy_reads:.2} ms in the storm; UpdateLoginProfile {idle_sets:.0} ms and {busy_sets:.0} ms"
    );
    let rate = |storms: &mut dyn Iterator<Item = f64>| median(&storms.collect::<Vec<_>>());
    println!(
        "Sign-ins judged a second: {:.1} beside GetUser, {:.1} beside UpdateLoginProfile; turned away: {:.1} and {:.1}",
        rate(&mut beside_reads.iter().map(|storm| storm.judged)),
        rate(&mut beside_sets.iter().map(|(storm, _)| storm.judged)),
        rate(&mut beside_reads.iter().map(|storm| storm.turned_away)),
        rate(&mut beside_sets.iter().map(|(storm, _)| storm.turned_away)),
    );
    let share = beside_sets
        .iter()
        .map(|(storm, sets)| 100.0 * sets / (sets + storm.judged));
    println!(
        "Of the passwords hashed beside each other, {:.0} % were UpdateLoginProfile's",
        rate(&mut share.into_iter())
    );
    Ok(())
}

/// Runs a load while a storm is under way, and says what came of both meanwhile.
fn beside_a_storm(
    server: &Running,
    load: impl FnOnce() -> anyhow::Result<Loaded>,
) -> anyhow::Result<(Storm, Loaded)> {
    let counts = Counts::default();
    std::thread::scope(|scope| {
        let storm = scope.spawn(|| storm(server, &counts));
        // The load begins once all are under way.
        std::thread::sleep(Duration::from_millis(500));
        let (before, begun) = (counts.now(), Instant::now());
        let loaded = load();
        let (after, elapsed) = (counts.now(), begun.elapsed().as_secs_f64());
        counts.told_to_end.store(true, Ordering::Relaxed);
        let ended = storm.join();
        ended.map_err(|_| anyhow::anyhow!("the storm panicked"))??;
        let storm = Storm {
            judged: (after.0 - before.0) as f64 / elapsed,
            turned_away: (after.1 - before.1) as f64 / elapsed,
        };
        Ok((storm, loaded?))
    })
}

/// What a storm came to so far, and whether it is to end.
#[derive(Default)]
struct Counts {
    judged: AtomicUsize,
    turned_away: AtomicUsize,
    told_to_end: AtomicBool,
}

impl Counts {
    fn now(&self) -> (usize, usize) {
        let Self {
            judged,
            turned_away,
            ..
        } = self;
        let now = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (now(judged), now(turned_away))
    }
}

/// Signs in wrong, many at once and each again and again, until told to end.
fn storm(server: &Running, counts: &Counts) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let clients = (0..STORM).map(|_| async {
        while !counts.told_to_end.load(Ordering::Relaxed) {
            let mut visit = Visit::begin(server.address).await?;
            let answer = visit.sign_in(&of_a_storm()).await?;
            let count = match answer.status {
                403 if answer.text.contains(REFUSED) => &counts.judged,
                503 => &counts.turned_away,
                status => bail!("a sign-in came to {status}: {}", answer.text),
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    let ended = runtime.block_on(join_all(clients.collect()));
    ended.into_iter().collect()
}

/// A user name that no try had before.
fn of_a_storm() -> Entered {
    static NEXT: AtomicUsize = AtomicUsize::new(TRIES);
    Kind::UnknownUser.entered(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// How much else the machine does: the load averages of 1, 5 and 15 minutes.
fn load_average() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    let averages = text.split(' ').take(3).collect::<Vec<_>>().join(" ");
    (!averages.is_empty())
        .then_some(averages)
        .context("no load average")
}
