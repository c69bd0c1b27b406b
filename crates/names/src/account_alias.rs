//! Account aliases.

use std::fmt;

use crate::{AccountId, ParseError, text_serde};

/// The name that an account chose for its sign-in page; unique over all accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
// INVARIANT: 3 to 63 characters of `[a-z0-9-]`, no hyphen at an end, no two together, not an account
// id; upheld by `parse`.
pub struct AccountAlias(Box<str>);

impl AccountAlias {
    /// Reads an alias.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expected = ParseError::new("an account alias of 3 to 63 characters of a-z 0-9 -");
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let well_formed = (3..=63).contains(&text.len())
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if !well_formed || AccountId::parse(text).is_ok() {
            return Err(expected);
        }
        Ok(Self(text.into()))
    }

    /// The alias as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountAlias {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

text_serde!(AccountAlias);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_lower_case_with_single_inner_hyphens() {
        for text in ["abc", "my-company-1", &"a".repeat(63)] {
            assert_eq!(AccountAlias::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "ab",
            "Abc",
            "a--b",
            "-abc",
            "abc-",
            "a_b",
            "123456789012",
            &"a".repeat(64),
        ] {
            assert!(AccountAlias::parse(text).is_err(), "{text}");
        }
    }
}
