//! The values of conditions: whether they are what their operator compares.

use crate::check::resource_names::parts;
use crate::context_keys::is_variable;
use crate::literal::{Binary, Moment, Network, Number};
use crate::{Condition, Document, Test, Text};

/// Which values must be what their operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Those of all operators: IAM stores no others (seen at AWS).
    All,
    /// Bytes only: session policies may have others, which never match (seen at AWS).
    BinaryOnly,
}

/// The first value that its operator can't compare, and what it should be.
pub(super) fn first_bad(
    document: &Document,
    strictness: Strictness,
) -> Option<(&Text, &'static str)> {
    let conditions = document
        .statements
        .iter()
        .flat_map(|statement| &statement.conditions);
    let mut pairs = conditions.flat_map(|condition| {
        let values = condition.values.iter();
        values.map(move |value| (condition, value))
    });
    pairs.find_map(|(condition, value)| Some((value, fault(condition, value, strictness)?)))
}

fn fault(condition: &Condition, value: &Text, strictness: Strictness) -> Option<&'static str> {
    let text = &value.text;
    let test = condition.operator.test;
    if strictness == Strictness::BinaryOnly && test != Test::Binary {
        return None;
    }
    let (is_good, expected) = match test {
        Test::Numeric(_) => (Number::parse(text).is_some(), "a number"),
        Test::Date(_) => (Moment::parse(text).is_some(), "a date"),
        Test::Binary => (Binary::parse(text).is_some(), "base64"),
        Test::IpAddress => (Network::parse(text).is_some(), "an address or a network"),
        Test::Arn => (is_arn(text), "an ARN"),
        Test::String | Test::StringIgnoreCase | Test::StringLike | Test::Bool | Test::Null => {
            return None;
        }
    };
    (!is_good).then_some(expected)
}

/// An ARN with wildcards and variables. A variable may stand for the whole of it (seen at AWS), and
/// so may `*` (unsure).
fn is_arn(text: &str) -> bool {
    text == "*" || is_variable(text) || parts(text).len() == 6
}
