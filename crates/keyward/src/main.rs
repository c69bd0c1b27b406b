//! `keyward`: identity and access management for AWS clients, run by yourself.

mod admin_request;
mod admin_socket;
mod administration;
mod arguments;
mod audit;
mod configuration;
mod credentials_agent;
mod dev;
mod init;
mod json_lines;
mod master_key;
mod new_account;
mod output;
mod policy;
mod serve;
mod sigv4_check;
mod stop;
mod why;

use std::env::VarError;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use arguments::{AccountCommand, Arguments, Command, RootCommand, Sigv4Command};

/// Small allocations by many threads are most of what a request costs; this one is made for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines)
        .with(log_filter())
        .init();
    forbid_core_dumps();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("keyward: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// What is logged: as `KEYWARD_LOG` says, or from the level `info` on.
fn log_filter() -> Targets {
    let usual = Targets::new().with_default(LevelFilter::INFO);
    match std::env::var("KEYWARD_LOG") {
        Ok(text) => text.parse().unwrap_or_else(|error| {
            let unread = "keyward: KEYWARD_LOG can't be read, so the log begins at `info`";
            output::complain(&format!("{unread}: {error}"));
            usual
        }),
        Err(VarError::NotPresent) => usual,
        Err(VarError::NotUnicode(_)) => {
            output::complain("keyward: KEYWARD_LOG is not UTF-8, so the log begins at `info`");
            usual
        }
    }
}

/// A core dump would hold every key in clear.
fn forbid_core_dumps() {
    let none = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be forbidden");
    }
    // The limit does not hold where dumps go to a program, and this also keeps other processes of the same
    // user from reading the memory and the environment.
    #[cfg(target_os = "linux")]
    if let Err(error) =
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        tracing::warn!(%error, "other processes of this user can read the memory of this one");
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    runtime.block_on(async {
        match command {
            Command::Dev(arguments) => dev::run(arguments).await,
            Command::Init(arguments) => init::run(arguments).await,
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::CredentialsAgent(arguments) => credentials_agent::run(arguments).await,
            Command::Account(AccountCommand::Create { place, account }) => {
                administration::create_account(&place, account).await
            }
            Command::Account(AccountCommand::List { place }) => {
                administration::list_accounts(&place).await
            }
            Command::Root(RootCommand::ResetPassword { place, account_id }) => {
                administration::reset_root_password(&place, account_id).await
            }
            Command::Why { place, request_id } => administration::why(&place, request_id).await,
            Command::Audit(command) => audit::run(command),
            Command::Sigv4(Sigv4Command::Check { file }) => {
                // A line that is no text is answered like an empty one: neither is JSON.
                let answer =
                    |line: Result<&str, _>| sigv4_check::check_line(line.unwrap_or_default());
                json_lines::answer_lines(file.as_deref(), answer)
            }
            // It has exit codes of its own.
            Command::Policy(command) => return Ok(policy::run(&command)),
        }?;
        Ok(ExitCode::SUCCESS)
    })
}
