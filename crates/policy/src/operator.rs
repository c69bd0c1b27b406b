//! Condition operators.

/// A condition operator, such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// How the request's values are taken together; `None` for a key of one value.
    pub quantifier: Option<Quantifier>,
    /// What is compared, and how.
    pub test: Test,
    /// Whether the test must fail, as in `StringNotEquals`.
    pub is_negated: bool,
    /// Whether a missing key matches.
    pub if_exists: bool,
}

/// How the values of a key with several are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// Every value in the request must match; so does none at all.
    ForAllValues,
    /// At least one value in the request must match.
    ForAnyValue,
}

/// What an operator compares, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Test {
    /// Texts, exactly.
    String,
    /// Texts without regard to case.
    StringIgnoreCase,
    /// Texts with wildcards.
    StringLike,
    /// Numbers.
    Numeric(Order),
    /// Points in time.
    Date(Order),
    /// `true` or `false`.
    Bool,
    /// Bytes.
    Binary,
    /// Addresses in networks.
    IpAddress,
    /// ARNs with wildcards, part by part.
    Arn,
    /// Whether the key is absent.
    Null,
}

/// How the request's value must stand to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The same.
    Equal,
    /// Less.
    Less,
    /// Less or the same.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or the same.
    GreaterOrEqual,
}

const NAMES: &[(&str, Test, bool)] = &[
    ("StringEquals", Test::String, false),
    ("StringNotEquals", Test::String, true),
    ("StringEqualsIgnoreCase", Test::StringIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Test::StringIgnoreCase, true),
    ("StringLike", Test::StringLike, false),
    ("StringNotLike", Test::StringLike, true),
    ("NumericEquals", Test::Numeric(Order::Equal), false),
    ("NumericNotEquals", Test::Numeric(Order::Equal), true),
    ("NumericLessThan", Test::Numeric(Order::Less), false),
    (
        "NumericLessThanEquals",
        Test::Numeric(Order::LessOrEqual),
        false,
    ),
    ("NumericGreaterThan", Test::Numeric(Order::Greater), false),
    (
        "NumericGreaterThanEquals",
        Test::Numeric(Order::GreaterOrEqual),
        false,
    ),
    ("DateEquals", Test::Date(Order::Equal), false),
    ("DateNotEquals", Test::Date(Order::Equal), true),
    ("DateLessThan", Test::Date(Order::Less), false),
    ("DateLessThanEquals", Test::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Test::Date(Order::Greater), false),
    (
        "DateGreaterThanEquals",
        Test::Date(Order::GreaterOrEqual),
        false,
    ),
    ("Bool", Test::Bool, false),
    ("BinaryEquals", Test::Binary, false),
    ("IpAddress", Test::IpAddress, false),
    ("NotIpAddress", Test::IpAddress, true),
    ("ArnEquals", Test::Arn, false),
    ("ArnNotEquals", Test::Arn, true),
    ("ArnLike", Test::Arn, false),
    ("ArnNotLike", Test::Arn, true),
    ("Null", Test::Null, false),
];

impl Operator {
    /// Reads an operator's name. Its case counts (unsure).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, name) = match text.split_once(':') {
            Some(("ForAllValues", name)) => (Some(Quantifier::ForAllValues), name),
            Some(("ForAnyValue", name)) => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
            None => (None, text),
        };
        let (name, if_exists) = name
            .strip_suffix("IfExists")
            .map_or((name, false), |name| (name, true));
        let (_, test, is_negated) = NAMES.iter().find(|(known, _, _)| *known == name)?;
        // Whether a key exists can't depend on whether it exists.
        if *test == Test::Null && if_exists {
            return None;
        }
        Some(Self {
            quantifier,
            test: *test,
            is_negated: *is_negated,
            if_exists,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_read_with_all_their_additions() {
        for (name, test, is_negated) in NAMES {
            let plain = Operator::parse(name).unwrap();
            assert_eq!((plain.test, plain.is_negated), (*test, *is_negated));
            let any = Operator::parse(&format!("ForAnyValue:{name}")).unwrap();
            assert_eq!(any.quantifier, Some(Quantifier::ForAnyValue));
            let if_exists = Operator::parse(&format!("ForAllValues:{name}IfExists"));
            assert_eq!(if_exists.is_some(), *test != Test::Null, "{name}");
        }
        for name in [
            "",
            "StringEqual",
            "stringEquals",
            "ForAnyValue::StringEquals",
            "ForAny:StringEquals",
            "StringEqualsIfExistsIfExists",
            "IfExists",
            "NotNull",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
