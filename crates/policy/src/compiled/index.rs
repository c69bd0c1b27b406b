//! Finding the statements that may be about an action and a resource.
//!
//! Statements are filed under the literal text with which their action patterns begin, and within that
//! under the text with which all of their resource patterns begin. A lookup finds all the files whose
//! name the request's text begins with: one binary search, then from each name to the longest other name
//! that it begins with.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::statement::{Check, Compiled, CompiledStatement, service_of};
use crate::Effect;
use crate::pattern::Pattern;
use crate::pattern::arn::ResourcePattern;

/// The statements of one effect, by action and resource.
#[derive(Debug, Default)]
pub(super) struct Index {
    actions: PrefixTable<OfAction>,
}

/// Where a statement is: in which document of a set, and in which place of it, both counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) policy: usize,
    pub(crate) statement: usize,
}

/// A statement that may be about an action.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) place: Place,
    pub(super) check: Check,
}

/// The candidates filed under one beginning of actions.
#[derive(Debug, Default)]
struct OfAction {
    /// About the action that is no longer than the beginning.
    exact: PrefixTable<Vec<Candidate>>,
    /// About actions of any length.
    open: PrefixTable<Vec<Candidate>>,
}

type Files = BTreeMap<Box<[u8]>, Vec<Candidate>>;

impl Index {
    pub(super) fn new(policies: &[Arc<Compiled>], effect: Effect) -> Self {
        let mut actions: BTreeMap<Box<[u8]>, (Files, Files)> = BTreeMap::new();
        for (policy, compiled) in policies.iter().enumerate() {
            for (statement, compiled) in compiled.statements.iter().enumerate() {
                if compiled.effect != Some(effect) {
                    continue;
                }
                let place = Place { policy, statement };
                let resource = resource_key(compiled);
                let mut file = |key: Box<[u8]>, is_exact: bool, check| {
                    let (exact, open) = actions.entry(key).or_default();
                    let files = if is_exact { exact } else { open };
                    let candidates = files.entry(resource.clone()).or_default();
                    candidates.push(Candidate { place, check });
                };
                if compiled.actions.is_negated {
                    file(Box::default(), false, Check::Negated);
                    continue;
                }
                let beginnings = Beginnings::of(&compiled.actions.patterns);
                for (key, is_exact) in beginnings.kept {
                    file(key.into_bytes().into(), is_exact, Check::Done);
                }
                for (key, start, end) in beginnings.groups {
                    file(key.into_bytes().into(), false, Check::Patterns(start, end));
                }
            }
        }
        let of_action = |(exact, open)| OfAction {
            exact: PrefixTable::new(exact),
            open: PrefixTable::new(open),
        };
        let actions = actions
            .into_iter()
            .map(|(key, files)| (key, of_action(files)));
        Self {
            actions: PrefixTable::new(actions),
        }
    }

    pub(super) fn visit<B>(
        &self,
        action: &[u8],
        resource: &[u8],
        visit: &mut impl FnMut(&Candidate) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.actions.visit(action, &mut |key_length, of_action| {
            let visit =
                &mut |_, candidates: &Vec<Candidate>| candidates.iter().try_for_each(&mut *visit);
            if key_length == action.len() {
                of_action.exact.visit(resource, visit)?;
            }
            of_action.open.visit(resource, visit)
        })
    }
}

/// The beginnings under which a statement is filed: at most three of them fit an action, however many
/// patterns the statement has. Otherwise a list of one action over and over would have everything else
/// about the statement looked at as often.
struct Beginnings {
    /// Of patterns that are literal (then the action is no longer), or a text and a star. None begins with
    /// another that has a star.
    kept: Vec<(String, bool)>,
    /// Of other patterns of one service, or of none: the text with which they all begin, and their places.
    groups: Vec<(String, usize, usize)>,
}

impl Beginnings {
    fn of(patterns: &[Pattern]) -> Self {
        let mut all = Vec::new();
        let mut groups: Vec<(String, usize, usize)> = Vec::new();
        for (place, pattern) in patterns.iter().enumerate() {
            if pattern.is_literal() || pattern.is_prefix() {
                all.push((pattern.literal_prefix(), pattern.is_literal()));
                continue;
            }
            let (service, prefix) = (service_of(pattern), pattern.literal_prefix());
            match groups.last_mut() {
                Some((common, start, end))
                    if *end == place
                        && patterns.get(*start).map(service_of).as_ref() == Some(&service) =>
                {
                    common.truncate(common_length(common, &prefix));
                    *end = place + 1;
                }
                Some(_) | None => groups.push((prefix, place, place + 1)),
            }
        }
        // What begins with a text comes right after it, and what has a star before what has none.
        all.sort_unstable();
        all.dedup();
        let mut kept: Vec<(String, bool)> = Vec::new();
        let mut open: Option<String> = None;
        for (text, is_exact) in all {
            if open.as_ref().is_some_and(|open| text.starts_with(open)) {
                continue;
            }
            if !is_exact {
                open = Some(text.clone());
            }
            kept.push((text, is_exact));
        }
        Self { kept, groups }
    }
}

/// With how many bytes two texts both begin, in whole characters.
fn common_length(one: &str, other: &str) -> usize {
    let same = one
        .chars()
        .zip(other.chars())
        .take_while(|(one, other)| one == other);
    same.map(|(character, _)| character.len_utf8()).sum()
}

/// The text with which every resource that a statement is about begins.
fn resource_key(statement: &CompiledStatement) -> Box<[u8]> {
    let Some(resources) = statement
        .resources
        .as_ref()
        .filter(|resources| !resources.is_negated)
    else {
        return Box::default();
    };
    let mut prefixes = resources
        .patterns
        .iter()
        .map(ResourcePattern::literal_prefix);
    let first = prefixes.next().unwrap_or_default().into_bytes();
    let common = prefixes.fold(first, |mut common, prefix| {
        let same = common
            .iter()
            .zip(prefix.as_bytes())
            .take_while(|(one, other)| one == other);
        common.truncate(same.count());
        common
    });
    common.into()
}

/// Values by name, to be found by texts that begin with the name.
#[derive(Debug)]
struct PrefixTable<T> {
    // INVARIANT: in the order of the names, each of which is there once.
    entries: Box<[Entry<T>]>,
}

#[derive(Debug)]
struct Entry<T> {
    name: Box<[u8]>,
    /// The place of the longest other name with which this one begins.
    // INVARIANT: before the entry's own place.
    shorter: Option<usize>,
    value: T,
}

impl<T> Default for PrefixTable<T> {
    fn default() -> Self {
        Self {
            entries: Box::default(),
        }
    }
}

impl<T> PrefixTable<T> {
    /// Takes values in the order of their names, each of which is there once.
    fn new(values: impl IntoIterator<Item = (Box<[u8]>, T)>) -> Self {
        let mut entries: Vec<Entry<T>> = Vec::new();
        for (name, value) in values {
            // The names with which this one begins are the last one before it, those with which that
            // one begins, and so on, as far as they fit.
            let mut shorter = entries.len().checked_sub(1);
            while let Some(before) = shorter.and_then(|place| entries.get(place))
                && !name.starts_with(&before.name)
            {
                shorter = before.shorter;
            }
            entries.push(Entry {
                name,
                shorter,
                value,
            });
        }
        Self {
            entries: entries.into(),
        }
    }

    /// Visits the values of all names with which a text begins, with the names' lengths.
    fn visit<B>(
        &self,
        text: &[u8],
        visit: &mut impl FnMut(usize, &T) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // The longest such name is the last one that isn't behind the text, or that one begins with it.
        let behind = self.entries.partition_point(|entry| *entry.name <= *text);
        let mut place = behind.checked_sub(1);
        let mut is_inside = false;
        while let Some(entry) = place.and_then(|place| self.entries.get(place)) {
            is_inside = is_inside || text.starts_with(&entry.name);
            if is_inside {
                visit(entry.name.len(), &entry.value)?;
            }
            place = entry.shorter;
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_finds_all_names_with_which_it_begins(
            names in proptest::collection::btree_set("[ab]{0,5}", 0..40), text in "[ab]{0,7}",
        ) {
            let table = PrefixTable::new(
                names.iter().map(|name| (name.as_bytes().into(), name.clone())),
            );
            let mut found = Vec::new();
            let mut visit = |length, name: &String| {
                assert_eq!(length, name.len());
                found.push(name.clone());
                ControlFlow::<()>::Continue(())
            };
            let _: ControlFlow<()> = table.visit(text.as_bytes(), &mut visit);
            found.sort();
            let expected: Vec<String> =
                names.iter().filter(|name| text.starts_with(*name)).cloned().collect();
            prop_assert_eq!(found, expected);
        }
    }
}
