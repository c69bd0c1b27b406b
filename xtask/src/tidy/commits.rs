//! Commits that somebody can find again: a short subject that begins with its area, and a body where
//! much changed.

use std::path::Path;

use crate::run::Command;

/// The first commits are as they are; those after this one are looked at.
const LAST_UNCHECKED: &str = "9d4cb24b2e";

/// The most characters of a subject.
const MOST_CHARACTERS: usize = 72;

/// How many lines may change without a word why.
const LINES_WITHOUT_BODY: usize = 200;

/// Begins each commit in what git prints; no text of a commit has it.
const MARK: char = '\u{1}';
/// Ends subject and body.
const END: char = '\u{2}';

/// Looks at the commits of this branch, where git and its history are at hand.
pub(crate) fn check(root: &Path, wrongs: &mut Vec<String>) {
    let range = format!("{LAST_UNCHECKED}..HEAD");
    let form = format!("--format={MARK}%h%x0a%s%x0a%b{END}");
    let is_known = Command::new("git")
        .args(["merge-base", "--is-ancestor", LAST_UNCHECKED, "HEAD"])
        .succeeds(root);
    let log = Command::new("git").args(["log", "--no-merges", "--numstat", &form, &range]);
    let log = if is_known {
        log.output(root).ok()
    } else {
        None
    };
    let Some(log) = log else {
        println!(
            "tidy: commits are not looked at, as git or the history since {LAST_UNCHECKED} is not here"
        );
        return;
    };
    for commit in log.split(MARK).skip(1) {
        check_commit(commit, wrongs);
    }
}

/// A commit as it is printed: its id, its subject and its body, each from a new line, and a line for
/// each file that it changes.
fn check_commit(commit: &str, wrongs: &mut Vec<String>) {
    let (told, files) = commit.split_once(END).unwrap_or((commit, ""));
    let mut told = told.splitn(3, '\n');
    let mut next = || told.next().unwrap_or_default();
    let (id, subject, body) = (next(), next(), next());
    let characters = subject.chars().count();
    if characters > MOST_CHARACTERS {
        wrongs.push(format!(
            "commit {id}: its subject has {characters} characters, of at most {MOST_CHARACTERS}"
        ));
    }
    let has_area = subject.split_once(": ").is_some_and(|(area, what)| {
        let is_usual = |c: char| c.is_ascii_alphanumeric() || "-_./, ".contains(c);
        !area.is_empty() && area.chars().all(is_usual) && !what.is_empty()
    });
    if !has_area {
        wrongs.push(format!(
            "commit {id}: its subject should be `area: what changed`"
        ));
    }
    let lines: usize = files.lines().map(changed_lines).sum();
    if lines > LINES_WITHOUT_BODY && body.trim().is_empty() {
        wrongs.push(format!(
            "commit {id}: {lines} lines change, and no body says why"
        ));
    }
}

/// The lines of a file that somebody changed by hand, from a line of `--numstat`.
fn changed_lines(line: &str) -> usize {
    let mut columns = line.splitn(3, '\t');
    let mut next = || columns.next().unwrap_or_default();
    let (added, deleted, file) = (next(), next(), next());
    let is_written_by_a_program = file.ends_with(".lock")
        || file.ends_with("package-lock.json")
        || file == "docs/coverage.md"
        || file
            .split('/')
            .any(|part| matches!(part, "generated" | "dist"));
    if is_written_by_a_program {
        return 0;
    }
    // Of a binary file git says `-`.
    let number = |text: &str| text.parse().unwrap_or(0);
    number(added) + number(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(commit: &str, wrong: Option<&str>) {
        let mut wrongs = Vec::new();
        check_commit(commit, &mut wrongs);
        match wrong {
            None => assert_eq!(wrongs, Vec::<String>::new()),
            Some(part) => {
                assert_eq!(wrongs.len(), 1, "{wrongs:?}");
                assert!(wrongs.concat().contains(part), "{wrongs:?}");
            }
        }
    }

    #[test]
    fn a_subject_is_short_and_begins_with_its_area() {
        check("1a2b\nusers: refuse a name\n\u{2}\n\n3\t4\ta.rs\n", None);
        check("1a2b\nsuites, docs: tell more\n\u{2}", None);
        check("1a2b\nformatted\n\u{2}", Some("area"));
        check("1a2b\nwhat was found: mended\n\u{2}", None);
        check("1a2b\nusers:mended\n\u{2}", Some("area"));
        let long = "x".repeat(66);
        check(
            &format!("1a2b\nusers: {long}\n\u{2}"),
            Some("73 characters"),
        );
    }

    #[test]
    fn a_large_change_has_a_body() {
        check("1a2b\na: b\n\u{2}\n\n150\t51\ta.rs\n", Some("201 lines"));
        check("1a2b\na: b\n\u{2}\n\n150\t50\ta.rs\n-\t-\ta.png\n", None);
        check(
            "1a2b\na: b\nSince it was slow.\n\u{2}\n\n150\t51\ta.rs\n",
            None,
        );
        let by_programs = "900\t0\tCargo.lock\n900\t0\tcrates/api/src/generated/a.rs\n";
        check(&format!("1a2b\na: b\n\u{2}\n\n{by_programs}"), None);
    }
}
