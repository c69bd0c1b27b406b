//! Files that break a rule which came later than they did. Their lists may only shrink.

use std::collections::BTreeMap;
use std::path::Path;

/// Files by their place in the workspace, with how often each breaks the rule.
pub(crate) type Offenders = BTreeMap<String, usize>;

/// Counts what a file does wrong. What is right is not counted.
pub(crate) fn count(offenders: &mut Offenders, file: &Path, wrongs: usize) {
    if wrongs > 0 {
        offenders.insert(file.display().to_string(), wrongs);
    }
}

/// Tells of each file that breaks the rule more often than its list says, or less often.
pub(crate) fn check(
    rule: &str,
    listed: &[(&str, usize)],
    offenders: &Offenders,
    wrongs: &mut Vec<String>,
) {
    for (file, found) in offenders {
        let known = listed.iter().find(|(known, _)| known == file);
        let known = known.map_or(0, |(_, known)| *known);
        if *found > known {
            wrongs.push(format!("{file}: {rule}: {found}, of at most {known}"));
        }
    }
    for (file, known) in listed {
        let found = offenders.get(*file).copied().unwrap_or_default();
        if found < *known {
            wrongs.push(format!(
                "{file}: {rule}: {found}, which is good; say so in the list of offenders, which has \
                 {known}"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_be_as_bad_as_listed_and_no_better() {
        let found = Offenders::from([("a.rs".to_owned(), 2), ("b.rs".to_owned(), 1)]);
        let check = |listed: &[(&str, usize)]| {
            let mut wrongs = Vec::new();
            check("tuples", listed, &found, &mut wrongs);
            wrongs
        };
        assert_eq!(check(&[("a.rs", 2), ("b.rs", 1)]), Vec::<String>::new());
        assert_eq!(check(&[("a.rs", 2)]), ["b.rs: tuples: 1, of at most 0"]);
        let better = check(&[("a.rs", 3), ("b.rs", 1), ("c.rs", 1)]);
        assert_eq!(better.len(), 2, "{better:?}");
    }
}
