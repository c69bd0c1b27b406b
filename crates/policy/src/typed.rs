//! What a simulation makes of a value that is said to be of a type.

use crate::literal::{Binary, Moment, Number, address, is_true};

/// A type of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A decimal.
    Number,
    /// True or false.
    Bool,
    /// An IP address.
    Address,
    /// Bytes in base64.
    Binary,
    /// A point in time.
    Date,
}

impl ValueType {
    /// The text by which a value of this type is compared, also by operators for other types; `None` if
    /// the text is none of the type. Numbers lose the zeros before them and keep those behind, dates
    /// are told in UTC to the millisecond, everything that is not true is false; all other values stay
    /// as they are (seen in IAM's simulator, but for booleans, which are unsure).
    ///
    /// ```
    /// use keyward_policy::ValueType;
    ///
    /// assert_eq!(ValueType::Number.normalize("+007.50").as_deref(), Some("7.50"));
    /// assert_eq!(ValueType::Date.normalize("2026-05").as_deref(), Some("2026-05-01T00:00:00.000Z"));
    /// assert_eq!(ValueType::Address.normalize("10.0.0.0/8"), None);
    /// ```
    #[must_use]
    pub fn normalize(self, text: &str) -> Option<String> {
        match self {
            Self::Text => Some(text.to_owned()),
            Self::Number => Number::parse(text).map(|_| number(text)),
            Self::Bool => Some(is_true(text).to_string()),
            Self::Address => address(text).map(|_| text.to_owned()),
            Self::Binary => Binary::parse(text).map(|_| text.to_owned()),
            Self::Date => Moment::parse(text)?.text(),
        }
    }
}

/// A text that is known to be a number, without sign and zeros that say nothing.
fn number(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if is_zero { "" } else { sign };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_one_way_for_each_type() {
        for (value_type, text, expected) in [
            (ValueType::Text, "", Some("")),
            (ValueType::Number, "5", Some("5")),
            (ValueType::Number, "00", Some("0")),
            (ValueType::Number, "-0.00", Some("0.00")),
            (ValueType::Number, "-012.340", Some("-12.340")),
            (ValueType::Number, "five", None),
            (ValueType::Number, "", None),
            (ValueType::Bool, "TRUE", Some("true")),
            (ValueType::Bool, "yes", Some("false")),
            (ValueType::Address, "::ffff:1.2.3.4", Some("::ffff:1.2.3.4")),
            (ValueType::Address, "1.2.3", None),
            (ValueType::Binary, "aGk=", Some("aGk=")),
            (ValueType::Binary, "aGk", None),
            (
                ValueType::Date,
                "1795000000",
                Some("2026-11-18T11:06:40.000Z"),
            ),
            (
                ValueType::Date,
                "2026-11-18T12:26:40.1259+02:00",
                Some("2026-11-18T10:26:40.125Z"),
            ),
            (
                ValueType::Date,
                "0001-01-01T00:00Z",
                Some("0001-01-01T00:00:00.000Z"),
            ),
            (ValueType::Date, "-1", Some("1969-12-31T23:59:59.000Z")),
            (ValueType::Date, "9223372036854775807", None),
            (ValueType::Date, "yesterday", None),
        ] {
            assert_eq!(value_type.normalize(text).as_deref(), expected, "{text}");
        }
    }
}
