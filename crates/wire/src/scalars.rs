//! Values of members that are not text.

/// A text that is not of its member's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScalarError {
    /// Neither `true` nor `false`, `1` nor `0`.
    #[error("not a boolean")]
    Boolean,
    /// Not a decimal number of 32 bits.
    #[error("not a number of 32 bits")]
    Integer,
}

/// Reads a boolean: exactly `true`, `false`, `1` or `0`.
pub fn parse_boolean(text: &str) -> Result<bool, ScalarError> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ScalarError::Boolean),
    }
}

/// Reads an integer: an optional sign, then decimal digits, leading zeros allowed.
pub fn parse_integer(text: &str) -> Result<i32, ScalarError> {
    text.parse().map_err(|_| ScalarError::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boolean_has_four_spellings() {
        for (text, value) in [("true", true), ("1", true), ("false", false), ("0", false)] {
            assert_eq!(parse_boolean(text), Ok(value));
        }
        for text in ["", "True", "TRUE", " true", "true ", "null", "yes", "01"] {
            assert_eq!(parse_boolean(text), Err(ScalarError::Boolean), "{text}");
        }
    }

    #[test]
    fn an_integer_is_a_sign_and_digits_within_32_bits() {
        for (text, value) in [
            ("0", 0),
            ("01", 1),
            ("+1", 1),
            ("-1", -1),
            ("-0", 0),
            ("2147483647", i32::MAX),
            ("-2147483648", i32::MIN),
            ("0000000000000000000000001", 1),
        ] {
            assert_eq!(parse_integer(text), Ok(value), "{text}");
        }
        for text in [
            "",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "0x1",
            "2147483648",
            "-2147483649",
            "+",
            "-",
            "--1",
            "１",
        ] {
            assert_eq!(parse_integer(text), Err(ScalarError::Integer), "{text}");
        }
    }
}
