//! Account ids.

use std::fmt;

use crate::{ParseError, text_serde};

/// The id of an account: 12 decimal digits, leading zeros significant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: below 10^12, or `INSTALLATION`; upheld by `parse` and `from_number`.
pub struct AccountId(u64);

impl AccountId {
    /// Under this id a store keeps what belongs to the whole installation and to no account (sealed
    /// keys and the like). It prints as `installation`, and no request can name it: only the
    /// store's side parses that word.
    pub const INSTALLATION: Self = Self(u64::MAX);

    /// `000000000000`.
    pub const FIRST: Self = Self(0);

    const COUNT: u64 = 1_000_000_000_000;

    /// Reads exactly 12 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expected = ParseError::new("an account id of 12 digits");
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(expected);
        }
        text.parse().map(Self).map_err(|_| expected)
    }

    /// The account with this number, if it has at most 12 digits.
    #[must_use]
    pub const fn from_number(number: u64) -> Option<Self> {
        if number < Self::COUNT {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number that the digits write.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl AccountId {
    /// The 12 digits.
    pub(crate) fn digits(self) -> [u8; 12] {
        let mut rest = self.0;
        let mut digits = [b'0'; 12];
        for digit in digits.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::INSTALLATION {
            formatter.write_str("installation")
        } else {
            formatter.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
        }
    }
}

text_serde!(AccountId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits_and_keeps_its_zeros() {
        assert_eq!(
            AccountId::parse("000000000007").unwrap().to_string(),
            "000000000007"
        );
        for text in [
            "",
            "7",
            "1234567890123",
            "12345678901x",
            "+12345678901",
            "installation",
        ] {
            assert!(AccountId::parse(text).is_err(), "{text}");
        }
    }
}
