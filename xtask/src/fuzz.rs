//! `cargo xtask fuzz NAME`: feeds a reader of outside bytes with what it does not expect.
//!
//! libFuzzer comes as a dependency of `fuzz/`, and the compiler's own passes tell it which code a
//! text reached, so that nothing has to be installed and the stable compiler will do. There is no
//! `unsafe` code to watch, so no sanitizer is needed.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run::Command;

/// Makes the compiler count what is reached and record what is compared.
const INSTRUMENTATION: &str = "-Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares \
     --cfg fuzzing";

/// Runs a target of `fuzz/` for so many seconds. What it learns stays in `fuzz/corpus/`, and a text
/// that breaks the target in `fuzz/artifacts/`. It begins with what is in `fuzz/seeds/` for it.
pub(crate) fn run(root: &Path, name: &str, seconds: u32) -> Result<()> {
    if !root.join(format!("fuzz/fuzz_targets/{name}.rs")).is_file() {
        bail!("fuzz/fuzz_targets/{name}.rs is not there");
    }
    let (corpus, artifacts) = (
        format!("fuzz/corpus/{name}"),
        format!("fuzz/artifacts/{name}/"),
    );
    std::fs::create_dir_all(root.join(&corpus))?;
    std::fs::create_dir_all(root.join(&artifacts))?;
    let seeds = format!("fuzz/seeds/{name}");
    let seeds = root.join(&seeds).is_dir().then_some(seeds);
    Command::cargo()
        .args([
            "run",
            "--release",
            "--locked",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ])
        // With a target named, build scripts and macros are built without instrumentation.
        .args(["--target", &host(root)?, "--bin", name, "--"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={artifacts}"))
        .arg(corpus)
        .args(seeds)
        .env("RUSTFLAGS", INSTRUMENTATION)
        .run(root)
}

/// The platform that the compiler runs on.
fn host(root: &Path) -> Result<String> {
    let version = Command::new("rustc").arg("-vV").output(root)?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("`rustc -vV` names no host")
}
