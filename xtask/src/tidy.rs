//! `cargo xtask tidy`: the rules of the house that no compiler knows.

mod circles;
mod commits;
mod files;
mod inline_tests;
mod modules;
mod offenders;
mod parameters;
mod undeclared;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::files::rust_files;
use self::offenders::Offenders;
use crate::crates::{CRATES, Crate};
use crate::generate::MARK;
use crate::workspace::{Package, Workspace};

/// Packages from elsewhere that only some may be built from.
const RESERVED: &[(&str, &[&str])] = &[
    ("rusqlite", &["store-sqlite"]),
    (
        "hyper",
        &["server", "inbound", "outbound", "testkit", "benches"],
    ),
];

/// What pure packages may not be built from.
const IMPURE: &[&str] = &["tokio", "hyper", "async-trait", "futures", "rustix"];

/// The most lines a file may have, tests excluded.
const MOST_LINES: usize = 800;

/// A workspace of its own below the package `benches`.
const POLICY_BENCH: &str = "benches/policy";

/// Checks everything and tells all that is wrong.
pub(crate) fn run(root: &Path) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let mut wrongs = Vec::new();
    let mut tuples = Offenders::new();
    let mut long_tests = Offenders::new();
    for row in CRATES {
        if !workspace
            .members()
            .any(|member| member.short_name() == row.name)
        {
            wrongs.push(format!(
                "`{}` is in the map of crates and not in the tree",
                row.name
            ));
        }
    }
    for package in workspace.members() {
        check_edges(package, &mut wrongs);
        let folder = package.folder();
        let place = folder.strip_prefix(root).unwrap_or(folder);
        circles::check(&place.display().to_string(), folder, &mut wrongs)?;
        let mut texts = undeclared::Texts::new();
        for file in rust_files(folder)? {
            // A workspace of its own may lie below.
            if !file.starts_with(root.join(POLICY_BENCH)) {
                let text = std::fs::read_to_string(&file)?;
                texts.insert(file, text);
            }
        }
        for (path, text) in &texts {
            let file = path.strip_prefix(root).unwrap_or(path);
            if !is_generated(file) && undeclared::is_undeclared(folder, path, &texts) {
                let shown = file.display();
                wrongs.push(format!(
                    "{shown}: no `mod` leads to it, so it is never compiled"
                ));
            }
            check_file(file, text, &mut wrongs);
            if is_generated(file) {
                continue;
            }
            let in_parameters = parameters::tuples(text)
                .with_context(|| format!("cannot read {}", file.display()))?;
            offenders::count(&mut tuples, file, in_parameters);
            let are_too_long = inline_tests::are_too_long(text, lines_of_code(text));
            offenders::count(&mut long_tests, file, are_too_long.into());
        }
    }
    offenders::check(
        "parameters that are tuples",
        parameters::LISTED,
        &tuples,
        &mut wrongs,
    );
    offenders::check(
        "tests at the end, with more than 200 lines",
        inline_tests::LISTED,
        &long_tests,
        &mut wrongs,
    );
    commits::check(root, &mut wrongs);
    // A workspace of its own, so cargo does not name it here.
    circles::check(POLICY_BENCH, &root.join(POLICY_BENCH), &mut wrongs)?;
    if wrongs.is_empty() {
        println!("tidy: nothing to mend");
        return Ok(());
    }
    for wrong in &wrongs {
        println!("tidy: {wrong}");
    }
    bail!("{} things to mend", wrongs.len());
}

/// Checks what a package is built from against its row in the map of crates, in both directions.
fn check_edges(package: &Package, wrongs: &mut Vec<String>) {
    let name = package.short_name();
    let Some(row) = Crate::find(name) else {
        wrongs.push(format!("package `{name}` is not in the map of crates"));
        return;
    };
    // Tests may use more than what they test, such as the test kit.
    let dependencies = package.dependencies.iter().filter(|d| !d.is_for_tests());
    let mut unused: Vec<&str> = row.uses.to_vec();
    for dependency in dependencies {
        let used = dependency.name.as_str();
        if dependency.path.is_some() {
            let used = used.strip_prefix("keyward-").unwrap_or(used);
            if !row.uses.contains(&used) {
                wrongs.push(format!("`{name}` may not use `{used}`"));
            }
            unused.retain(|edge| *edge != used);
            continue;
        }
        let reserved = RESERVED.iter().find(|(reserved, _)| *reserved == used);
        if reserved.is_some_and(|(_, owners)| !owners.contains(&name)) {
            wrongs.push(format!(
                "`{name}` may not use `{used}`, which is another crate's"
            ));
        }
        if row.is_pure && IMPURE.contains(&used) {
            wrongs.push(format!("`{name}` is pure and may not use `{used}`"));
        }
    }
    for edge in unused {
        wrongs.push(format!(
            "the map says that `{name}` uses `{edge}`, which its manifest does not"
        ));
    }
}

fn check_file(file: &Path, text: &str, wrongs: &mut Vec<String>) {
    let shown = file.display();
    let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
    let is_generated = is_generated(file);
    if is_generated != text.starts_with(MARK) {
        wrongs.push(format!(
            "{shown}: generated files, and only they, are marked in their first line"
        ));
    }
    if is_generated {
        return;
    }
    let is_module_of_tests = parts.last() == Some(&"tests.rs");
    if !is_module_of_tests && !text.starts_with("//!") {
        wrongs.push(format!(
            "{shown}: does not begin with `//!` and what the module is"
        ));
    }
    let is_test = parts.contains(&"tests") || is_module_of_tests;
    let lines = lines_of_code(text);
    if !is_test && lines > MOST_LINES {
        wrongs.push(format!("{shown}: {lines} lines, of at most {MOST_LINES}"));
    }
    if let ["crates", "operations", "src", "iam" | "sts", folder, _] = parts.as_slice()
        && *folder != "shared"
    {
        check_operation(file, text, wrongs);
    }
}

fn is_generated(file: &Path) -> bool {
    file.iter().any(|part| part == "generated")
}

/// The one visible item of an operation's file is the function that the file is named after.
fn check_operation(file: &Path, text: &str, wrongs: &mut Vec<String>) {
    let name = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let visible: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("pub"))
        .collect();
    let is_right = match visible.as_slice() {
        [only] => only.contains(&format!("fn {name}(")),
        _ => false,
    };
    if !is_right {
        wrongs.push(format!(
            "{}: its one visible item should be `fn {name}`",
            file.display()
        ));
    }
}

/// The lines before a file's tests, which come last.
fn lines_of_code(text: &str) -> usize {
    let mut lines = 0;
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        let begins_tests = line == "#[cfg(test)]"
            && rest
                .peek()
                .is_some_and(|next| next.starts_with("mod tests"));
        if begins_tests {
            break;
        }
        lines += 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, text: &str, wrong: Option<&str>) {
        let mut wrongs = Vec::new();
        check_file(Path::new(file), text, &mut wrongs);
        match wrong {
            None => assert_eq!(wrongs, Vec::<String>::new()),
            Some(part) => assert!(
                wrongs.iter().any(|wrong| wrong.contains(part)),
                "{wrongs:?}"
            ),
        }
    }

    #[test]
    fn files_say_what_they_are() {
        check("crates/x/src/a.rs", "//! A thing.\n", None);
        check("crates/x/src/a.rs", "fn a() {}\n", Some("`//!`"));
        check("crates/x/src/a/tests.rs", "fn a() {}\n", None);
        check(
            "crates/x/src/generated/a.rs",
            "//! A thing.\n",
            Some("marked"),
        );
        check("crates/x/src/generated/a.rs", MARK, None);
        check("crates/x/src/a.rs", MARK, Some("marked"));
    }

    #[test]
    fn long_files_are_told_and_tests_do_not_count() {
        let long = format!("//! A thing.\n{}", "\n".repeat(800));
        check("crates/x/src/a.rs", &long, Some("801 lines"));
        let tested = format!(
            "//! A thing.\n#[cfg(test)]\nmod tests {{\n{}}}",
            "\n".repeat(800)
        );
        check("crates/x/src/a.rs", &tested, None);
        check("crates/x/tests/a.rs", &long, None);
    }

    #[test]
    fn an_operation_shows_its_function_only() {
        let file = "crates/operations/src/iam/users/get_user.rs";
        check(
            file,
            "//! Gets.\npub(crate) async fn get_user(call: Call) {}\n",
            None,
        );
        check(
            file,
            "//! Gets.\npub(crate) fn user() {}\n",
            Some("fn get_user"),
        );
        let two = "//! Gets.\npub(crate) fn get_user() {}\npub(crate) fn other() {}\n";
        check(file, two, Some("fn get_user"));
    }
}
