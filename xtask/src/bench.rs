//! `cargo xtask bench NAME`: measures one thing.

use std::path::Path;

use anyhow::Result;

use crate::run::{Command, target_folder};

/// Runs a bench of `benches/` as the program is packaged.
pub(crate) fn run(root: &Path, name: &str) -> Result<()> {
    // The policy engine is measured beside Cedar, which takes minutes to build: a workspace of its own
    // keeps that away from everything else.
    if name == "policy" {
        return Command::cargo()
            .args(["run", "--profile", "dist", "--locked"])
            .args(["--manifest-path", "benches/policy/Cargo.toml"])
            .arg("--target-dir")
            .arg(target_folder(root))
            .run(root);
    }
    // With the program that is measured: an older one may lie there.
    Command::cargo()
        .args(["build", "--profile", "dist", "--locked"])
        .args(["--package", "keyward", "--package", "keyward-benches"])
        .run(root)?;
    Command::new(target_folder(root).join("dist/keyward-benches"))
        .arg(name)
        .run(root)
}
