//! `cargo xtask test`: the tests of the crates, and real clients against a real server.

use std::path::Path;

use anyhow::{Result, bail};

use crate::python::python;
use crate::run::{Command, target_folder};

/// Where the client suites lie.
const SUITES: &str = "suites";

/// Runs all tests; with a filter, only the tests in all crates whose name contains it, and no suites.
pub(crate) fn run(root: &Path, filter: Option<&str>) -> Result<()> {
    run_crates(root, filter)?;
    if filter.is_some() {
        println!("test: a filter was given, so the client suites are left out");
        return Ok(());
    }
    run_suites(root)
}

fn run_crates(root: &Path, filter: Option<&str>) -> Result<()> {
    let has_nextest = Command::cargo()
        .args(["nextest", "--version"])
        .succeeds(root);
    let tests = if has_nextest {
        // A filter that matches nothing in most crates is no failure.
        Command::cargo().args([
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-tests=pass",
        ])
    } else {
        Command::cargo().args(["test", "--workspace", "--all-targets", "--locked"])
    };
    tests.args(filter).run(root)?;
    Command::cargo()
        .args(["test", "--workspace", "--doc", "--locked"])
        .args(filter)
        .run(root)
}

/// Builds the program and runs the suites against it.
fn run_suites(root: &Path) -> Result<()> {
    if !root.join(SUITES).join("requirements.txt").exists() {
        bail!("{SUITES}/requirements.txt is not there, so the client suites can't be run");
    }
    Command::cargo()
        .args(["build", "--release", "--package", "keyward", "--locked"])
        .run(root)?;
    // The server that does not sync, which proves that the sync test can fail: as the tests of the crates
    // are built, so that nothing but itself is to be built for it.
    Command::cargo()
        .args(["build", "--workspace", "--example", "unsynced_server"])
        .arg("--locked")
        .run(root)?;
    let built = target_folder(root);
    let suites = root.join(SUITES);
    let requirements = suites.join("requirements.txt");
    let python = python(root, &requirements, &suites.join(".venv"))?;
    Command::new(python)
        .args(["-m", "pytest", SUITES, "-q"])
        .env("KEYWARD", built.join("release/keyward"))
        .env(
            "UNSYNCED_SERVER",
            built.join("debug/examples/unsynced_server"),
        )
        .run(root)
}
