//! An account of a million users against one of a thousand: what a request costs, what is held in
//! memory, how long a load takes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use keyward_account::{LoginProfile, Record, User};
use keyward_credentials::{HashParameters, Pepper, PepperId, Recipe, Salt, Verifier, WorkArea};
use keyward_names::{AccountId, Secret, Timestamp, UserId, UserName};
use keyward_store::{Commit, Committed, Store, Version, Write};
use keyward_store_sqlite::{OpenOptions, SqliteStore};

use crate::children::Running;
use crate::figures::{Rounds, heading};
use crate::installed::Installed;
use crate::load::{Until, load};
use crate::signing::{ask, signed};

const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;
const ROUND_TIME: Duration = Duration::from_secs(2);
const SMALL: usize = 1_000;
const LARGE: usize = 1_000_000;
/// Users written in one commit.
const CHUNK: usize = 10_000;

pub(crate) fn run() -> anyhow::Result<()> {
    let (small, large) = (
        Filled::make("thousand", SMALL)?,
        Filled::make("million", LARGE)?,
    );
    let (small_loaded, large_loaded) = (small.start()?, large.start()?);
    println!("\nAfter a restart");
    println!(
        "from process start until a user is found by name: {:.2} s with {SMALL}, {:.2} s with {LARGE}   must 10 s, aim 5 s",
        small_loaded.seconds, large_loaded.seconds
    );
    let growth = large_loaded.resident.saturating_sub(small_loaded.resident);
    println!(
        "resident memory: {} MiB and {} MiB: {} bytes a user   must 700, aim 400",
        small_loaded.resident >> 20,
        large_loaded.resident >> 20,
        growth / (LARGE - SMALL) as u64
    );
    heading("Time a request takes with a million users, against a thousand (requests a second)");
    compare(&small, &large, &small_loaded.server, &large_loaded.server)
}

/// An installation whose account has so many users with login profiles.
struct Filled {
    installed: Installed,
    users: usize,
}

/// A server on it, with its account loaded.
struct Loaded {
    server: Running,
    seconds: f64,
    resident: u64,
}

impl Filled {
    fn make(name: &str, users: usize) -> anyhow::Result<Self> {
        let installed = Installed::make(name)?;
        let begun = Instant::now();
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(fill(&installed.data(), users))?;
        println!(
            "filled {users} users in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        Ok(Self { installed, users })
    }

    fn start(&self) -> anyhow::Result<Loaded> {
        let begun = Instant::now();
        let server = self.installed.serve()?;
        self.ask(
            &server,
            &format!("Action=GetUser&UserName={}", self.name(self.users / 2)),
        )?;
        let seconds = begun.elapsed().as_secs_f64();
        // Found by id: the login profile hangs on the user's id.
        self.ask(
            &server,
            &format!(
                "Action=GetLoginProfile&UserName={}",
                self.name(self.users / 3)
            ),
        )?;
        let resident = server.resident_bytes()?;
        Ok(Loaded {
            server,
            seconds,
            resident,
        })
    }

    fn ask(&self, server: &Running, form: &str) -> anyhow::Result<String> {
        ask(&self.installed.key, server.address, form)
    }

    fn name(&self, number: usize) -> String {
        name(number % self.users)
    }
}

fn name(number: usize) -> String {
    format!("user-{number:07}")
}

async fn fill(data: &Path, users: usize) -> anyhow::Result<()> {
    let account = AccountId::parse("123456789012")?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(OpenOptions::new(data))?);
    let mut version = store.load(account).await?.context("no account")?.version;
    let verifier = some_verifier()?;
    let created = Timestamp::from_unix_seconds(1_795_555_555);
    for begin in (0..users).step_by(CHUNK) {
        let mut writes = Vec::with_capacity(2 * CHUNK);
        for number in begin..users.min(begin + CHUNK) {
            // Ids are as scattered as random ones are.
            let scattered = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            let id = UserId::mint(account, scattered);
            let user = User {
                id,
                name: UserName::parse(&name(number))?,
                path: keyward_names::Path::default(),
                created,
                tags: Box::default(),
            };
            let profile = LoginProfile {
                user: id,
                created,
                password_changed: created,
                password_reset_required: false,
                password: verifier,
                password_used: false,
                max_signin_session_duration: None,
                earlier_passwords: Box::default(),
            };
            for record in [Record::User(user), Record::LoginProfile(profile)] {
                let row = record.to_row();
                writes.push(Write {
                    kind: row.kind,
                    key: row.key,
                    body: row.body,
                });
            }
        }
        version = commit(&*store, account, version, writes).await?;
    }
    store.close().await?;
    Ok(())
}

async fn commit(
    store: &dyn Store,
    account: AccountId,
    expected: Version,
    writes: Vec<Write>,
) -> anyhow::Result<Version> {
    let commit = Commit {
        account,
        expected,
        entry_id: expected.to_string(),
        at: Timestamp::from_unix_seconds(1_795_555_555),
        writes,
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    };
    match store.commit(vec![commit]).await?.as_slice() {
        [Committed::Done(version)] => Ok(*version),
        other => bail!("not committed: {other:?}"),
    }
}

/// A verifier of the usual form; nobody signs in with it.
fn some_verifier() -> anyhow::Result<Verifier> {
    let recipe = Recipe {
        salt: Salt([7; 16]),
        parameters: HashParameters::default(),
        pepper: PepperId(1),
    };
    let pepper = Pepper::new(PepperId(1), [7; 32]);
    let digest = recipe.digest(&Secret::new("x"), &pepper, &mut WorkArea::default())?;
    Ok(Verifier { recipe, digest })
}

fn compare(
    small: &Filled,
    large: &Filled,
    small_server: &Running,
    large_server: &Running,
) -> anyhow::Result<()> {
    let list = |filled: &Filled, round: usize, connection: usize, more: &str| {
        // Pages from anywhere in the account, but for its end, where a page has less to do: the
        // marker of a page that ended there.
        let after = filled.name((round * 7_919 + connection * 104_729) % (filled.users - 300));
        format!(
            "Action=ListUsers&MaxItems=100&Marker={}{more}",
            marker(&after)
        )
    };
    let works: [(&str, Form<'_>); 5] = [
        ("GetUser", &|filled, round, connection| {
            format!(
                "Action=GetUser&UserName={}",
                filled.name(round * 7_919 + connection * 104_729)
            )
        }),
        ("CreateUser", &|_, round, connection| {
            format!("Action=CreateUser&UserName=new-{round:05}-{connection:02}")
        }),
        (
            "UpdateLoginProfile, the flag alone",
            &|filled, round, connection| {
                let name = filled.name(round * 7_919 + connection * 104_729);
                format!(
                    "Action=UpdateLoginProfile&UserName={name}&PasswordResetRequired={}",
                    round % 2 == 0
                )
            },
        ),
        (
            "ListUsers, a page of 100 from anywhere",
            &|filled, round, connection| list(filled, round, connection, ""),
        ),
        (
            "ListUsers, a page under a path nobody has",
            &|filled, round, connection| {
                list(filled, round, connection, "&PathPrefix=%2Fnobody%2F")
            },
        ),
    ];
    for (what, form) in works {
        let mut rounds = Rounds::default();
        for round in 0..=ROUNDS {
            let rate = |filled: &Filled, server: &Running| -> anyhow::Result<f64> {
                let requests = (0..CONNECTIONS)
                    .map(|connection| {
                        (0..1_000)
                            .map(|number| {
                                let form = form(filled, round * 1_000 + number, connection);
                                signed(&filled.installed.key, server.address, &form)
                            })
                            .collect()
                    })
                    .collect::<anyhow::Result<Vec<Vec<_>>>>()?;
                let until = Until::Elapsed(ROUND_TIME);
                let repeat = what != "CreateUser";
                Ok(load(server.address, &requests, repeat, until)?.per_second())
            };
            let small_rate = rate(small, small_server)?;
            let large_rate = rate(large, large_server)?;
            if round > 0 {
                rounds.push(small_rate, large_rate);
            }
        }
        rounds.report(what, "/s", "71 (1.4 times), aim 83 (1.2 times)");
    }
    Ok(())
}

type Form<'a> = &'a dyn Fn(&Filled, usize, usize) -> String;

/// A marker as a page gives it out.
fn marker(name: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("1:{name}"))
}
