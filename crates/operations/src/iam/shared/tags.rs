//! Rules of tags that the operations of several resources share.

use std::cmp::Ordering;
use std::collections::HashSet;

use keyward_api::iam;
use keyward_engine::TAGS_PER_RESOURCE;
use keyward_faults::{Fault, fault};
use keyward_names::{FoldedTagKey, Tag};

/// Checks the tags of a request for a resource whose keys compare without case: a user or role.
pub(crate) fn check_ignoring_case(tags: &[iam::Tag]) -> Result<Vec<Tag>, Fault> {
    check_each(tags)?;
    let mut keys = HashSet::new();
    if !tags
        .iter()
        .all(|tag| keys.insert(FoldedTagKey::fold(&tag.key)))
    {
        return Err(fault::duplicate_tag_keys_ignoring_case());
    }
    Ok(tags.iter().map(stored).collect())
}

/// Checks the tags of a request for a resource whose keys compare exactly: any other.
pub(crate) fn check_exactly(tags: &[iam::Tag]) -> Result<Vec<Tag>, Fault> {
    check_each(tags)?;
    let mut keys = HashSet::new();
    if !tags.iter().all(|tag| keys.insert(tag.key.as_str())) {
        return Err(fault::duplicate_tag_keys());
    }
    Ok(tags.iter().map(stored).collect())
}

fn check_each(tags: &[iam::Tag]) -> Result<(), Fault> {
    for (index, tag) in tags.iter().enumerate() {
        if tag.key.chars().all(char::is_whitespace) {
            return Err(fault::blank_tag_key(index + 1));
        }
        if FoldedTagKey::fold(&tag.key).is_reserved() {
            return Err(fault::reserved_tag_key());
        }
    }
    Ok(())
}

/// The tags of a user or role after tags are added. A key that exists, compared without case, is
/// overwritten in its place, spelling included; new keys come before the older ones.
pub(crate) fn added_ignoring_case(present: &[Tag], added: &[Tag]) -> Result<Box<[Tag]>, Fault> {
    let same =
        |one: &Tag, other: &Tag| FoldedTagKey::fold(&one.key) == FoldedTagKey::fold(&other.key);
    let is_new = |tag: &&Tag| !present.iter().any(|old| same(old, tag));
    let replaced = |old: &Tag| {
        added
            .iter()
            .find(|tag| same(old, tag))
            .unwrap_or(old)
            .clone()
    };
    let tags: Box<[Tag]> = added
        .iter()
        .filter(is_new)
        .cloned()
        .chain(present.iter().map(replaced))
        .collect();
    at_most_allowed(tags)
}

/// The tags of any other resource after tags are added: shorter keys first, those of one length by their
/// bytes, so that upper case comes first (seen at AWS for managed policies, elsewhere unsure).
pub(crate) fn added_exactly(present: &[Tag], added: &[Tag]) -> Result<Box<[Tag]>, Fault> {
    let is_kept = |old: &&Tag| !added.iter().any(|tag| tag.key == old.key);
    let mut tags: Vec<Tag> = present.iter().filter(is_kept).cloned().collect();
    tags.extend_from_slice(added);
    tags.sort_by(by_length);
    at_most_allowed(tags.into())
}

fn by_length(one: &Tag, other: &Tag) -> Ordering {
    let key = |tag: &Tag| tag.key.len();
    key(one)
        .cmp(&key(other))
        .then_with(|| one.key.cmp(&other.key))
}

fn at_most_allowed(tags: Box<[Tag]>) -> Result<Box<[Tag]>, Fault> {
    if tags.len() > TAGS_PER_RESOURCE {
        return Err(fault::too_many_tags());
    }
    Ok(tags)
}

/// The tags that are left after some keys are removed, compared exactly; absent keys are no error.
pub(crate) fn removed_exactly(present: &[Tag], keys: &[String]) -> Box<[Tag]> {
    let is_kept = |tag: &&Tag| !keys.iter().any(|key| **key == *tag.key);
    present.iter().filter(is_kept).cloned().collect()
}

/// The tags that are left after some keys are removed, compared without case; absent keys are no
/// error.
pub(crate) fn removed_ignoring_case(present: &[Tag], keys: &[String]) -> Box<[Tag]> {
    let keys: HashSet<FoldedTagKey> = keys.iter().map(|key| FoldedTagKey::fold(key)).collect();
    present
        .iter()
        .filter(|tag| !keys.contains(&FoldedTagKey::fold(&tag.key)))
        .cloned()
        .collect()
}

/// Tags as an answer shows them, in the order of [`added_exactly`], which old records do not have.
pub(crate) fn shown_by_length(tags: &[Tag]) -> Vec<iam::Tag> {
    let mut tags = tags.to_vec();
    tags.sort_by(by_length);
    shown(&tags)
}

/// Tags as an answer shows them.
pub(crate) fn shown(tags: &[Tag]) -> Vec<iam::Tag> {
    tags.iter()
        .map(|tag| iam::Tag {
            key: tag.key.to_string(),
            value: tag.value.to_string(),
        })
        .collect()
}

fn stored(tag: &iam::Tag) -> Tag {
    Tag {
        key: tag.key.as_str().into(),
        value: tag.value.as_str().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(keys: &[&str]) -> Vec<Tag> {
        keys.iter()
            .map(|key| Tag {
                key: (*key).into(),
                value: "v".into(),
            })
            .collect()
    }

    fn keys(tags: &[Tag]) -> Vec<&str> {
        tags.iter().map(|tag| &*tag.key).collect()
    }

    #[test]
    fn later_keys_come_first_and_an_overwritten_key_takes_the_new_spelling() {
        let added = added_ignoring_case(&tags(&["a", "b"]), &tags(&["c", "B", "d"])).unwrap();
        assert_eq!(keys(&added), ["c", "d", "a", "B"]);
        assert_eq!(
            keys(&removed_ignoring_case(&added, &["C".into(), "x".into()])),
            ["d", "a", "B"]
        );
    }

    #[test]
    fn exact_keys_are_sorted_and_differ_by_case() {
        let added = added_exactly(&tags(&["B", "b"]), &tags(&["b", "a", "C"])).unwrap();
        assert_eq!(keys(&added), ["B", "C", "a", "b"]);
        assert_eq!(
            keys(&removed_exactly(&added, &["c".into(), "b".into()])),
            ["B", "C", "a"]
        );
    }

    #[test]
    fn fifty_tags_are_the_most() {
        let fifty: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        let fifty = tags(&fifty.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(added_ignoring_case(&[], &fifty).is_ok());
        assert!(added_ignoring_case(&fifty, &tags(&["49"])).is_ok());
        assert!(added_ignoring_case(&fifty, &tags(&["50"])).is_err());
    }
}
