//! `cargo xtask bench NAME`: measures one thing.

use std::path::Path;

use anyhow::Result;

use crate::run::Command;

/// Runs a bench of `benches/` as fast code.
pub(crate) fn run(root: &Path, name: &str) -> Result<()> {
    Command::cargo()
        .args([
            "run",
            "--release",
            "--locked",
            "--package",
            "keyward-benches",
            "--",
            name,
        ])
        .run(root)
}
