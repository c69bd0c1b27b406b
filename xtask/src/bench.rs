//! `cargo xtask bench NAME`: measures one thing.

use std::path::Path;

use anyhow::Result;

use crate::run::Command;

/// Runs a bench of `benches/` as fast code.
pub(crate) fn run(root: &Path, name: &str) -> Result<()> {
    // The policy engine is measured beside Cedar, which takes minutes to build: a workspace of its own
    // keeps that away from everything else.
    let command = Command::cargo().args(["run", "--release", "--locked"]);
    if name == "policy" {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        return command
            .args(["--manifest-path", "benches/policy/Cargo.toml"])
            .arg("--target-dir")
            .arg(target)
            .run(root);
    }
    command
        .args(["--package", "keyward-benches", "--", name])
        .run(root)
}
