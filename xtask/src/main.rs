//! The project's chores: `cargo xtask VERB`.
#![expect(
    clippy::print_stdout,
    reason = "these are commands, and what they print is their answer"
)]

mod advisories;
mod bench;
mod ci;
mod crates;
mod data;
mod fuzz;
mod generate;
mod lint;
mod model;
mod models;
mod names;
mod overrides;
mod python;
mod run;
mod test;
mod tidy;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

/// The project's chores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Verb {
    /// Take the services' models anew from the published package.
    Models {
        /// Write nothing; say what the newest package would change.
        #[arg(long)]
        newest: bool,
    },
    /// Take the actions that AWS knows and its managed policies anew from the published packages.
    Data,
    /// Write generated code, facts blocks, the coverage page and the map of crates.
    Gen {
        /// Write nothing; fail where a file differs from what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Check the rules of the house that no compiler knows: crate edges, circles of files, commits ..
    Tidy,
    /// Check form, lints, docs, licences and dependencies.
    Lint,
    /// Run the tests of the crates, then real clients against a real server.
    Test {
        /// Only tests whose name contains this, in all crates, and no suites.
        filter: Option<String>,
    },
    /// Measure one thing.
    Bench {
        /// Which: a name of `benches/`.
        name: String,
    },
    /// Feed a reader of outside bytes with what it does not expect.
    Fuzz {
        /// Which: a target of `fuzz/`.
        name: String,
        /// For how long.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Everything that must hold: gen --check, tidy, lint, test.
    Ci,
}

fn main() -> ExitCode {
    match run(Verb::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    let root = workspace_folder()?;
    match verb {
        Verb::Models { newest: false } => models::run(&root),
        Verb::Models { newest: true } => models::compare_with_newest(&root),
        Verb::Data => data::run(&root),
        Verb::Gen { check } => generate::run(&root, check),
        Verb::Tidy => tidy::run(&root),
        Verb::Lint => lint::run(&root),
        Verb::Test { filter } => test::run(&root, filter.as_deref()),
        Verb::Bench { name } => bench::run(&root, &name),
        Verb::Fuzz { name, seconds } => fuzz::run(&root, &name, seconds),
        Verb::Ci => ci::run(&root),
    }
}

/// The folder of the workspace, whose member this package is.
fn workspace_folder() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("this package lies in no workspace")
}
