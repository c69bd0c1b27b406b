//! Circles of files within a crate: each uses the next, and the last uses the first.
//!
//! Files in a circle can only be understood, and moved, together.

mod known;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use self::known::{HARMLESS, Known, NOT_OPENED_YET};
use super::files::rust_files;
use super::modules::{Sources, Uses, uses};

/// The files of a package that a crate may begin with.
const ROOTS: &[&str] = &["lib.rs", "main.rs"];

/// Tells of each circle of a package that is not known, and of each known one that is not there.
pub(crate) fn check(package: &str, folder: &Path, wrongs: &mut Vec<String>) -> Result<()> {
    let sources = read(&folder.join("src"))?;
    let mut missing: Vec<&Known> = HARMLESS
        .iter()
        .chain(NOT_OPENED_YET)
        .filter(|known| known.package == package)
        .collect();
    for root in ROOTS.iter().map(Path::new) {
        if !sources.contains_key(root) {
            continue;
        }
        let uses = uses(&sources, root).with_context(|| format!("in {package}/src"))?;
        for circle in circles(&uses) {
            let known = missing.iter().position(|known| {
                let files: BTreeSet<&Path> = known.files.iter().map(Path::new).collect();
                circle.len() == files.len() && circle.iter().all(|f| files.contains(f.as_path()))
            });
            match known {
                Some(known) => drop(missing.remove(known)),
                None => wrongs.push(format!(
                    "{package}/src: files use each other in a circle:{}",
                    shown(&circle, &uses)
                )),
            }
        }
    }
    for known in missing {
        wrongs.push(format!(
            "{package}/src: there is no circle of exactly {} any more; take it from the list of \
             known ones ({})",
            known.files.join(", "),
            known.reason
        ));
    }
    Ok(())
}

/// All sets of files in which each leads to each other by what it uses.
fn circles(uses: &Uses) -> Vec<Vec<&PathBuf>> {
    let mut circles = Vec::new();
    let mut seen: BTreeSet<&PathBuf> = BTreeSet::new();
    for file in uses.keys() {
        if seen.contains(file) {
            continue;
        }
        let circle: Vec<&PathBuf> = reached(uses, file)
            .into_iter()
            .filter(|other| reached(uses, other).contains(file))
            .collect();
        seen.extend(&circle);
        if circle.len() > 1 {
            circles.push(circle);
        }
    }
    circles
}

/// All files that a file leads to.
fn reached<'a>(uses: &'a Uses, file: &'a PathBuf) -> BTreeSet<&'a PathBuf> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        for used in uses.get(file).into_iter().flat_map(|used| used.keys()) {
            if reached.insert(used) {
                next.push(used);
            }
        }
    }
    reached
}

/// A line for each use within the circle.
fn shown(circle: &[&PathBuf], uses: &Uses) -> String {
    let mut lines = String::new();
    for file in circle {
        for (used, path) in uses.get(*file).into_iter().flatten() {
            if circle.contains(&used) {
                let (file, used) = (file.display(), used.display());
                lines.push_str(&format!("\n    {file} uses {used} (`{path}`)"));
            }
        }
    }
    lines
}

/// All sources of a package.
fn read(folder: &Path) -> Result<Sources> {
    let mut sources = Sources::new();
    for file in rust_files(folder)? {
        let text = std::fs::read_to_string(&file)?;
        let place = file.strip_prefix(folder).unwrap_or(&file);
        sources.insert(place.to_owned(), text);
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which circles are found in a crate of these files.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&[&str]]) {
        let sources = files
            .iter()
            .map(|(file, text)| (PathBuf::from(file), (*text).to_owned()))
            .collect();
        let uses = uses(&sources, Path::new("lib.rs")).unwrap();
        let found: Vec<Vec<String>> = circles(&uses)
            .iter()
            .map(|circle| circle.iter().map(|f| f.display().to_string()).collect())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use crate::b::B; pub struct A(B);"),
                ("b.rs", "use crate::a::A; pub struct B(Box<A>);"),
            ],
            &[&["a.rs", "b.rs"]],
        );
    }

    #[test]
    fn a_path_in_code_is_a_use() {
        check(
            &[
                ("lib.rs", "mod a; mod b; mod c;"),
                ("a.rs", "use crate::b; pub fn a() { b::b(); }"),
                ("b.rs", "pub fn b() { println!(\"{}\", crate::c::C); }"),
                ("c.rs", "pub const C: fn() = super::a::a;"),
            ],
            &[&["a.rs", "b.rs", "c.rs"]],
        );
    }

    #[test]
    fn a_parent_that_uses_a_child_that_uses_it_is_a_circle() {
        check(
            &[
                ("lib.rs", "mod a;"),
                ("a.rs", "mod b; pub struct A; fn f() { b::f(A) }"),
                ("a/b.rs", "use super::A; pub fn f(a: A) {}"),
            ],
            &[&["a/b.rs", "a.rs"]],
        );
    }

    #[test]
    fn a_re_export_leads_to_the_file_that_has_the_item() {
        let files = [
            ("lib.rs", "mod a; mod sessions; pub use a::A;"),
            ("sessions.rs", "mod session; pub use session::Session;"),
            (
                "sessions/session.rs",
                "use crate::A; pub struct Session(Box<A>);",
            ),
            (
                "a.rs",
                "use crate::sessions::Session; pub struct A(Session);",
            ),
        ];
        check(&files, &[&["a.rs", "sessions/session.rs"]]);
    }

    #[test]
    fn a_parent_that_only_re_exports_a_child_does_not_use_it() {
        let files = [
            ("lib.rs", "pub struct A; mod b; pub use b::*;"),
            ("b.rs", "pub struct B(super::A);"),
        ];
        check(&files, &[]);
        let files = [
            ("lib.rs", "pub struct A; mod b; pub use b::*; fn f(b: B) {}"),
            ("b.rs", "pub struct B(super::A);"),
        ];
        check(&files, &[&["b.rs", "lib.rs"]]);
    }

    #[test]
    fn a_function_named_as_its_module_is_found_in_it() {
        check(
            &[
                ("lib.rs", "mod change; mod other;"),
                (
                    "change.rs",
                    "use super::other::other; pub fn change() { other(); }",
                ),
                (
                    "other.rs",
                    "use super::change::change; pub fn other() { change(); }",
                ),
            ],
            &[&["change.rs", "other.rs"]],
        );
    }

    #[test]
    fn one_way_is_no_circle() {
        check(
            &[
                ("lib.rs", "mod a; mod b; fn f() { a::a(); }"),
                ("a.rs", "use crate::b::b; pub fn a() { b(); }"),
                ("b.rs", "use std::fmt; pub fn b() { fmt::a(); }"),
            ],
            &[],
        );
    }

    #[test]
    fn docs_and_tests_are_no_uses() {
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use crate::b::B; pub struct A(B);"),
                (
                    "b.rs",
                    "//! Part of [`crate::a::A`].\n\
                     /// Not [`A`](crate::a::A).\n\
                     pub struct B;\n\
                     #[cfg(test)] mod tests { use crate::a::A; }\n\
                     #[cfg(test)] use crate::a::A;\n",
                ),
            ],
            &[],
        );
    }
}
