//! `cargo xtask ci`: everything that must hold before a change lands, the cheapest first.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::run::Command;

/// Runs the steps and stops at the first that fails.
#[expect(clippy::disallowed_methods, reason = "how long a step took is told")]
pub(crate) fn run(root: &Path) -> Result<()> {
    type Step = fn(&Path) -> Result<()>;
    let steps: [(&str, Step); 4] = [
        ("gen --check", |root| crate::generate::run(root, true)),
        ("tidy", crate::tidy::run),
        ("lint", crate::lint::run),
        // As a person runs it, so that what the README promises is what was tested.
        ("test", |root| {
            Command::cargo().args(["xtask", "test"]).run(root)
        }),
    ];
    for (name, step) in steps {
        println!("== {name}");
        let started = Instant::now();
        step(root).with_context(|| format!("ci stopped at `{name}`"))?;
        println!("== {name}: fine, {} s", started.elapsed().as_secs());
    }
    println!("== ci: everything holds");
    Ok(())
}
