//! Numbers: exact decimals of any length.

use std::cmp::Ordering;

/// A decimal, as parts of the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'t> {
    is_negative: bool,
    // INVARIANT: digits only; the whole has no zeros before it, the fraction none behind it.
    whole: &'t str,
    fraction: &'t str,
}

impl<'t> Number<'t> {
    /// Reads `12`, `+007`, `-1.50`: a sign, digits, and a point with digits behind it. There is no
    /// exponent (unsure).
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self {
            // Zero has no sign.
            is_negative: is_negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    /// How this one stands to another.
    pub(crate) fn compare(self, other: Number<'_>) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }

    fn compare_magnitude(self, other: Number<'_>) -> Ordering {
        // Without zeros before it, a longer whole is the greater one; fractions compare as texts.
        (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

/// The text of a number, known to be one.
#[derive(Debug)]
pub(crate) struct NumberText(Box<str>);

impl NumberText {
    /// Keeps a text that [`Number::parse`] reads.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Number::parse(text).map(|_| Self(text.into()))
    }

    /// How a number stands to this one.
    pub(crate) fn compare_to(&self, number: Number<'_>) -> Option<Ordering> {
        Some(number.compare(Number::parse(&self.0)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(left: &str, right: &str) -> Ordering {
        Number::parse(left)
            .unwrap()
            .compare(Number::parse(right).unwrap())
    }

    #[test]
    fn numbers_compare_exactly() {
        let rising = [
            "-100000000000000000000000000000000000001",
            "-100000000000000000000000000000000000000",
            "-10",
            "-9.5",
            "-9.05",
            "0",
            "0.000000000000000000000000000000000001",
            "0.1",
            "0.10000000000000000000000000000000000001",
            "1",
            "9.99",
            "10",
            "9007199254740992",
            "9007199254740993",
        ];
        for (i, left) in rising.iter().enumerate() {
            for (j, right) in rising.iter().enumerate() {
                assert_eq!(compare(left, right), i.cmp(&j), "{left} {right}");
            }
        }
        for (left, right) in [
            ("+007", "7"),
            ("1.50", "1.5"),
            ("-0", "0"),
            ("0.0", "-0.00"),
        ] {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} {right}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "", "+", "-", ".", "1.", ".5", "1e3", "0x10", "1,5", " 1", "1 ", "--1", "NaN", "٣",
        ] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
