//! The context keys that a document names.

use std::ops::Range;

use crate::{Document, Statement};

/// The keys of the conditions and the variables in resources and condition values, in the order in
/// which they stand, each once, spelled as they are written.
///
/// A condition's key is taken as it stands, even if it looks like a variable. The characters of
/// `${*}`, `${?}` and `${$}` count as keys (seen at AWS); of a variable with a default, its name does
/// (unsure). Variables in actions and principals mean nothing, and documents before version
/// 2012-10-17 have none.
///
/// ```
/// use keyward_policy::{Document, context_keys};
///
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
///     "Resource": "arn:aws:s3:::home/${aws:username, 'nobody'}/*",
///     "Condition": {"Bool": {"aws:SecureTransport": true}}}}"#;
/// let document = Document::parse(text).unwrap();
/// assert_eq!(context_keys(&document), ["aws:username", "aws:SecureTransport"]);
/// ```
#[must_use]
pub fn context_keys(document: &Document) -> Vec<String> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for statement in &document.statements {
        for condition in &statement.conditions {
            found.push((condition.key.span.start, &condition.key.text));
        }
        if document.has_variables() {
            variables_of(statement, &mut found);
        }
    }
    // Elements may stand in any order in their statement; variables of one text stay in theirs.
    found.sort_by_key(|(offset, _)| *offset);
    let mut keys: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for (_, key) in found {
        if known.insert(key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

fn variables_of<'d>(statement: &'d Statement, found: &mut Vec<(usize, &'d str)>) {
    let resources = statement.resources.iter();
    let resources = resources.flat_map(|resources| &resources.items);
    let conditions = statement.conditions.iter();
    let values = conditions.flat_map(|condition| &condition.values);
    for text in resources.chain(values) {
        for variable in variables(&text.text) {
            let variable = text.text.get(variable).unwrap_or_default();
            found.push((text.span.start, name(variable)));
        }
    }
}

/// The name in `${name}` or `${name, 'default'}`.
fn name(variable: &str) -> &str {
    let inside = variable
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(variable);
    inside
        .split_once(',')
        .map_or(inside, |(name, _)| name.trim())
}

/// Where the variables of a text stand, with `${` and `}`. One that does not end is plain text.
pub(crate) fn variables(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let start = offset + text.get(offset..)?.find("${")?;
        let length = text.get(start..)?.find('}')? + 1;
        offset = start + length;
        Some(start..offset)
    })
}

/// Whether a text is one variable and nothing else.
pub(crate) fn is_variable(text: &str) -> bool {
    variables(text).next() == Some(0..text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_alone_is_one() {
        for text in ["${a}", "${a:b,'c'}", "${*}"] {
            assert!(is_variable(text), "{text}");
        }
        for text in ["", "a", "${a", "${a}b", "a${b}", "${a}${b}"] {
            assert!(!is_variable(text), "{text}");
        }
    }

    fn keys(text: &str) -> Vec<String> {
        context_keys(&Document::parse(text).unwrap())
    }

    #[test]
    fn keys_and_variables_are_told_in_order_and_once() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"NotResource": ["a${b:c}d${e}", "${*}${?}${$}", "${open", "${b:c}"],
             "Condition": {"StringLike": {"k:one": ["${x:y,'z'}", 5], "K:one": "a"},
                           "Null": {"k:one": "${in/null}", "${odd:key}": true}}},
            {"Condition": {"Bool": {"first": "${second}"}}, "Resource": "${third}"}]}"#;
        let expected = [
            "b:c",
            "e",
            "*",
            "?",
            "$",
            "k:one",
            "x:y",
            "K:one",
            "in/null",
            "${odd:key}",
            "first",
            "second",
            "third",
        ];
        assert_eq!(keys(text), expected);
    }

    #[test]
    fn actions_principals_and_ids_have_no_variables() {
        let text = r#"{"Version": "2012-10-17", "Id": "${a}", "Statement": {"Sid": "${b}",
            "Principal": {"AWS": "${c}"}, "Action": "s3:${d}", "Effect": "Allow"}}"#;
        assert!(keys(text).is_empty());
    }

    #[test]
    fn old_documents_have_keys_but_no_variables() {
        for version in ["", r#""Version": "2008-10-17","#] {
            let text = format!(
                r#"{{{version} "Statement": {{"Resource": "${{a}}",
                    "Condition": {{"StringEquals": {{"k": "${{b}}"}}}}}}}}"#
            );
            assert_eq!(keys(&text), ["k"]);
        }
    }

    #[test]
    fn a_document_without_statements_names_nothing() {
        assert!(keys(r#"{"Version": "2012-10-17"}"#).is_empty());
    }
}
