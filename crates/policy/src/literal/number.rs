//! Numbers: exact decimals of any length.

use std::cmp::Ordering;

/// A decimal, as parts of the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'t> {
    is_negative: bool,
    // INVARIANT: digits only. Together they have no zeros at either end, and of zero both are empty.
    whole: &'t str,
    fraction: &'t str,
    /// How many of the digits stand before the point; it may be negative.
    point: i64,
}

impl<'t> Number<'t> {
    /// Reads `12`, `+007`, `-1.50`, `1.`, `2.5e1`: a sign, digits, a point with or without digits behind it,
    /// and an exponent of 32 bits (seen at AWS; the bound is unsure).
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let (mut whole, mut fraction) = (
            whole.trim_start_matches('0'),
            fraction.trim_end_matches('0'),
        );
        let length = |text: &str| i64::try_from(text.len()).ok();
        let mut point = length(whole)?.checked_add(exponent)?;
        if whole.is_empty() {
            let kept = fraction.trim_start_matches('0');
            point = point.checked_sub(length(fraction)? - length(kept)?)?;
            fraction = kept;
        }
        if fraction.is_empty() {
            whole = whole.trim_end_matches('0');
        }
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            // Zero has no sign.
            is_negative: is_negative && !is_zero,
            whole,
            fraction,
            point: if is_zero { i64::MIN } else { point },
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
        // The first digit is none of the zeros, so whichever has more before the point is the greater one.
        self.point
            .cmp(&other.point)
            .then_with(|| self.digits().cmp(other.digits()))
    }

    fn digits(self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let exponent: i32 = is_number.then(|| text.parse().ok()).flatten()?;
    Some(exponent.into())
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
            "1e-1",
            "0.10000000000000000000000000000000000001",
            "99.9e-2",
            "1",
            "9.99",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e400",
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
            ("1.", "1"),
            ("1e0", "1"),
            ("2.5e1", "25"),
            ("2.5E+1", "025.0"),
            ("1200", "1.2e3"),
            ("-12e-3", "-0.012"),
            ("0.00120", "12e-4"),
            ("0e5", "0"),
            ("100e-2", "1"),
            ("1e2147483647", "10e2147483646"),
        ] {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} {right}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "+",
            "-",
            ".",
            ".5",
            "0x10",
            "1,5",
            " 1",
            "1 ",
            "--1",
            "NaN",
            "٣",
            "1e",
            "1e+",
            "e1",
            "1e1e1",
            "1e1.0",
            "1e2147483648",
            "Infinity",
            "1.e",
            "1e++1",
        ] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
