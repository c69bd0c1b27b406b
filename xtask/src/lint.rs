//! `cargo xtask lint`: form, lints, docs, and what the workspace is built from.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use crate::python::python;
use crate::run::{Command, target_folder};
use crate::workspace::Workspace;

/// Licences under which others' code may be part of the program.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that must not come in by any way, with the reason.
const BANS: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls'"),
    ("openssl-sys", "TLS is rustls'"),
    ("native-tls", "TLS is rustls'"),
    ("async-std", "the runtime is tokio"),
    ("smol", "the runtime is tokio"),
    ("log4rs", "logs are tracing's"),
    ("failure", "errors are thiserror's"),
];

/// Runs every check, the quickest first.
pub(crate) fn run(root: &Path) -> Result<()> {
    check_dependencies(root)?;
    crate::advisories::check(root)?;
    Command::cargo()
        .args(["fmt", "--all", "--check"])
        .run(root)?;
    check_python(root)?;
    Command::cargo()
        .args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ])
        .run(root)?;
    Command::cargo()
        .args(["doc", "--workspace", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run(root)?;
    check_workspaces_of_their_own(root)
}

/// Fuzz targets and the policy bench need packages that nothing else does, so cargo does not meet them
/// with the workspace. That they compile costs two minutes of a core the first time, and little later:
/// both use the workspace's target folder.
fn check_workspaces_of_their_own(root: &Path) -> Result<()> {
    for manifest in ["fuzz/Cargo.toml", "benches/policy/Cargo.toml"] {
        Command::cargo()
            .args(["check", "--locked", "--all-targets"])
            .args(["--manifest-path", manifest, "--target-dir"])
            .arg(target_folder(root))
            .run(root)?;
    }
    Ok(())
}

/// Form and lints of the suites' Python, as `ruff.toml` says. Ruff has an environment of its own,
/// which is quickly made.
fn check_python(root: &Path) -> Result<()> {
    let requirements = root.join("suites/lint-requirements.txt");
    let environment = target_folder(root).join("ruff");
    let python = python(root, &requirements, &environment)?;
    for verb in [&["format", "--check"][..], &["check"]] {
        Command::new(&python)
            .args(["-m", "ruff"])
            .args(verb)
            .args(["--no-cache", "--quiet", "suites"])
            .run(root)?;
    }
    Ok(())
}

/// Licences, bans, and the page that says why each dependency is there.
fn check_dependencies(root: &Path) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let mut wrongs = Vec::new();
    for package in workspace.others() {
        let licence = package.license.as_deref().unwrap_or("none");
        if !is_allowed(licence) {
            let (name, version) = (&package.name, &package.version);
            wrongs.push(format!("{name} {version} has the licence `{licence}`"));
        }
        if let Some((name, reason)) = BANS.iter().find(|(name, _)| *name == package.name) {
            wrongs.push(format!("{name} is banned: {reason}"));
        }
    }
    // Where the page is missing, everything is missing from it.
    let page = std::fs::read_to_string(root.join("docs/dependencies.md")).unwrap_or_default();
    let listed = listed(&page);
    let used: BTreeSet<&str> = workspace
        .members()
        .flat_map(|member| &member.dependencies)
        .filter(|dependency| dependency.path.is_none())
        .map(|dependency| dependency.name.as_str())
        .collect();
    for name in used.difference(&listed) {
        wrongs.push(format!(
            "docs/dependencies.md does not say why `{name}` is there"
        ));
    }
    for name in listed.difference(&used) {
        wrongs.push(format!(
            "docs/dependencies.md lists `{name}`, which nothing uses"
        ));
    }
    if wrongs.is_empty() {
        println!("lint: licences, bans and docs/dependencies.md agree with what is used");
        return Ok(());
    }
    for wrong in &wrongs {
        println!("lint: {wrong}");
    }
    bail!("{} dependencies are not as they should be", wrongs.len());
}

/// The packages in the first column of the page's tables.
fn listed(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect()
}

/// Whether a licence expression can be satisfied with allowed licences. `/` is an old `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut words = words.as_slice();
    let allowed = any_of(&mut words);
    allowed && words.is_empty()
}

/// `A OR B ..`
fn any_of(words: &mut &[&str]) -> bool {
    let mut allowed = all_of(words);
    while take(words, "OR") {
        allowed |= all_of(words);
    }
    allowed
}

/// `A AND B ..`, which binds closer than `OR`.
fn all_of(words: &mut &[&str]) -> bool {
    let mut allowed = one(words);
    while take(words, "AND") {
        allowed &= one(words);
    }
    allowed
}

/// A licence, one with an exception, or an expression in parentheses.
fn one(words: &mut &[&str]) -> bool {
    if take(words, "(") {
        return any_of(words) & take(words, ")");
    }
    let Some((licence, rest)) = words.split_first() else {
        return false;
    };
    if let ["WITH", exception, rest @ ..] = rest {
        *words = rest;
        return LICENCES.contains(&format!("{licence} WITH {exception}").as_str());
    }
    *words = rest;
    // `MPL-2.0+` is that version or a later one, of our choice.
    LICENCES.contains(&licence.strip_suffix('+').unwrap_or(licence))
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_allowed_if_a_choice_of_licences_is() {
        for allowed in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "ISC AND (Apache-2.0 OR ISC)",
            "MPL-2.0+",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in [
            "",
            "none",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "GPL-3.0-only WITH Classpath-exception-2.0",
            "(MIT",
            "MIT Apache-2.0",
        ] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[test]
    fn the_page_lists_packages_in_its_first_column() {
        let page =
            "# Dependencies\n\n| crate | for |\n| --- | --- |\n| `serde` | `x` |\n| `a-b` | y |\n";
        assert_eq!(listed(page), BTreeSet::from(["serde", "a-b"]));
    }
}
