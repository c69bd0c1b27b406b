//! Files that no `mod` leads to: the compiler never reads them, so that their tests never run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The texts of a package's Rust files.
pub(crate) type Texts = BTreeMap<PathBuf, String>;

/// Whether no file beside or above declares this one as its module. Files that cargo finds by itself are
/// roots and need no declaration.
pub(crate) fn is_undeclared(package: &Path, file: &Path, texts: &Texts) -> bool {
    if is_root(package, file) {
        return false;
    }
    let (Some(name), Some(folder)) = (file.file_stem(), file.parent()) else {
        return false;
    };
    // `thing/mod.rs` is the module `thing` of the folder above.
    let (name, folder) = match (name.to_str(), folder.file_name(), folder.parent()) {
        (Some("mod"), Some(name), Some(above)) => (name, above),
        _ => (name, folder),
    };
    let declaration = format!("mod {};", name.to_string_lossy());
    let above = folder.with_extension("rs");
    !texts.iter().any(|(other, text)| {
        let may_declare = *other == above
            || other.parent() == Some(folder)
                && (is_root(package, other) || other.ends_with("mod.rs"));
        may_declare && text.contains(&declaration)
    })
}

/// Whether cargo builds something from the file itself.
fn is_root(package: &Path, file: &Path) -> bool {
    let Some(folder) = file.parent() else {
        return false;
    };
    let is_main = file
        .file_name()
        .is_some_and(|name| name == "main.rs" || name == "lib.rs");
    is_targets(package, folder)
        || folder
            .parent()
            .is_some_and(|above| is_targets(package, above) && is_main)
        || (folder == package.join("src") && is_main)
        || file == package.join("build.rs")
}

/// Whether each file of the folder is a target of its own.
fn is_targets(package: &Path, folder: &Path) -> bool {
    ["tests", "examples", "benches", "src/bin"]
        .iter()
        .any(|name| folder == package.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[(&str, &str)] = &[
        ("c/src/lib.rs", "mod one;\npub mod two;"),
        ("c/src/one.rs", "mod inner;"),
        ("c/src/one/inner.rs", ""),
        ("c/src/one/lost.rs", ""),
        ("c/src/two/mod.rs", ""),
        ("c/src/stray.rs", ""),
        ("c/tests/alone.rs", "mod shared;"),
        ("c/tests/shared/mod.rs", ""),
        ("c/tests/all/main.rs", "mod users;"),
        ("c/tests/all/users.rs", ""),
        ("c/tests/all/groups.rs", ""),
        ("c/examples/server.rs", ""),
        ("c/build.rs", ""),
    ];

    #[test]
    fn files_that_nothing_declares_are_found() {
        let files = FILES.iter();
        let texts: Texts = files
            .map(|(file, text)| (PathBuf::from(file), (*text).to_owned()))
            .collect();
        let undeclared: Vec<&str> = FILES
            .iter()
            .map(|(file, _)| *file)
            .filter(|file| is_undeclared(Path::new("c"), Path::new(file), &texts))
            .collect();
        assert_eq!(
            undeclared,
            [
                "c/src/one/lost.rs",
                "c/src/stray.rs",
                "c/tests/all/groups.rs"
            ]
        );
    }
}
