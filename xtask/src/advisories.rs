//! Advisories about dependencies, where their database can be had.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::run::Command;

/// The lock files of what is built here.
const LOCK_FILES: &[&str] = &[
    "Cargo.lock",
    "fuzz/Cargo.lock",
    "benches/policy/Cargo.lock",
    "suites/rust-sdk/Cargo.lock",
];

/// What `cargo audit --json` prints, as far as it is read.
#[derive(Deserialize)]
struct Report {
    vulnerabilities: Vulnerabilities,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    list: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Vulnerability {
    advisory: Advisory,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// Fails where a dependency has an advisory. `cargo audit` fetches the database; where it or the
/// database can't be had, that is said, and nothing fails.
pub(crate) fn check(root: &Path) -> Result<()> {
    if !Command::cargo().args(["audit", "--version"]).succeeds(root) {
        println!(
            "lint: ADVISORIES WERE NOT CHECKED: `cargo audit` is not installed \
             (`cargo install cargo-audit`)"
        );
        return Ok(());
    }
    for file in LOCK_FILES {
        let printed = Command::cargo()
            .args(["audit", "--json", "--file", file])
            .printed(root)?;
        // A report is only printed where there is a database, and whether advisories were found or not.
        match found(&printed) {
            Ok(found) if found.is_empty() => println!("lint: no advisory about {file}"),
            Ok(found) => bail!("{file} has advisories:\n{}", found.join("\n")),
            Err(_) => {
                println!(
                    "lint: ADVISORIES WERE NOT CHECKED: `cargo audit` has no database to check \
                     {file} by"
                );
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A line for each advisory of a report.
fn found(printed: &str) -> Result<Vec<String>> {
    let report: Report = serde_json::from_str(printed).context("that is no report")?;
    let line = |found: Vulnerability| {
        let Vulnerability { advisory, package } = found;
        format!(
            "{} {}: {} ({})",
            package.name, package.version, advisory.title, advisory.id
        )
    };
    Ok(report.vulnerabilities.list.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_anything_else_is_none() {
        let none = r#"{"database":{},"vulnerabilities":{"found":false,"count":0,"list":[]}}"#;
        assert_eq!(found(none).unwrap(), Vec::<String>::new());
        let one = r#"{"vulnerabilities":{"found":true,"count":1,"list":[{"advisory":{"id":"RUSTSEC-2020-0071",
            "title":"Potential segfault"},"versions":{},"package":{"name":"time","version":"0.1.44"}}]}}"#;
        assert_eq!(
            found(one).unwrap(),
            ["time 0.1.44: Potential segfault (RUSTSEC-2020-0071)"]
        );
        assert!(found("").is_err());
    }
}
