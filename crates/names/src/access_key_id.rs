//! Access key ids, which carry the account they belong to.

use std::fmt;

use crate::{AccountId, ParseError, text_serde};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH: usize = 20;

/// Whether a key is permanent or belongs to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKeyKind {
    /// `AKIA`: the key of a user or of the account root, valid until deleted.
    LongTerm,
    /// `ASIA`: the key of a session, valid only together with its session token.
    Temporary,
}

/// The id of an access key in the form that the service itself issues: `AKIA` or `ASIA` and 16
/// characters of base32. Clients may send any other text; that is then no `AccessKeyId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: ASCII, one of the two prefixes, then the base32 alphabet; upheld by `parse` and `mint`.
pub struct AccessKeyId([u8; LENGTH]);

impl AccessKeyId {
    /// Sorts before every id that is issued: where a walk over ids begins.
    pub const LOWEST: Self = Self([0; LENGTH]);

    /// Reads a key id of the issued form.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expected = ParseError::new("an access key id (AKIA or ASIA and 16 base32 characters)");
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| expected)?;
        let (prefix, rest) = bytes.split_at(4);
        if !matches!(prefix, b"AKIA" | b"ASIA") || !rest.iter().all(|byte| ALPHABET.contains(byte))
        {
            return Err(expected);
        }
        Ok(Self(bytes))
    }

    /// Makes the id of a new key of `account`. Of `random` the low 39 bits are used.
    #[must_use]
    pub fn mint(kind: AccessKeyKind, account: AccountId, random: u64) -> Self {
        let bits: u128 = (1 << 79)
            | (u128::from(account.number() & ((1 << 40) - 1)) << 39)
            | u128::from(random & ((1 << 39) - 1));
        let mut bytes = [0; LENGTH];
        let prefix: &[u8; 4] = match kind {
            AccessKeyKind::LongTerm => b"AKIA",
            AccessKeyKind::Temporary => b"ASIA",
        };
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = match prefix.get(index) {
                Some(letter) => *letter,
                None => base32_digit(bits >> ((LENGTH - 1 - index) * 5)),
            };
        }
        Self(bytes)
    }

    /// Permanent or temporary, as the prefix says.
    #[must_use]
    pub fn kind(&self) -> AccessKeyKind {
        if self.0.starts_with(b"ASIA") {
            AccessKeyKind::Temporary
        } else {
            AccessKeyKind::LongTerm
        }
    }

    /// The account that the id carries. `None` for ids of the form used before 2019, which carry
    /// none (their fifth character is `A` to `P`), and for numbers beyond 12 digits.
    #[must_use]
    pub fn embedded_account(&self) -> Option<AccountId> {
        let bits = self
            .0
            .iter()
            .skip(4)
            .fold(0_u128, |bits, byte| (bits << 5) | base32_value(*byte));
        if bits >> 79 == 0 {
            return None;
        }
        u64::try_from((bits >> 39) & ((1 << 40) - 1))
            .ok()
            .and_then(AccountId::from_number)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What a base32 digit stands for; nothing where it is none.
pub(crate) fn base32_value(digit: u8) -> u128 {
    let place = ALPHABET.iter().position(|letter| *letter == digit);
    place.unwrap_or_default() as u128
}

/// The base32 digit of the low five bits.
pub(crate) fn base32_digit(bits: u128) -> u8 {
    ALPHABET.get((bits & 31) as usize).copied().unwrap_or(b'A')
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

text_serde!(AccessKeyId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_ids_carry_their_accounts() {
        for (id, account) in [
            ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
            ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ] {
            let id = AccessKeyId::parse(id).unwrap();
            assert_eq!(id.embedded_account().unwrap().to_string(), account);
        }
    }

    #[test]
    fn a_minted_id_carries_its_account_and_begins_as_the_account_decides() {
        let account = AccountId::parse("123456789012").unwrap();
        let id = AccessKeyId::mint(AccessKeyKind::LongTerm, account, u64::MAX);
        assert!(id.as_str().starts_with("AKIARZPUZDIK"), "{id}");
        assert_eq!(id.embedded_account(), Some(account));
        assert_eq!(AccessKeyId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn an_id_of_the_old_form_carries_no_account() {
        assert_eq!(
            AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE")
                .unwrap()
                .embedded_account(),
            None
        );
    }

    #[test]
    fn other_texts_are_no_key_ids() {
        for text in [
            "",
            "test",
            "AKIA",
            "AKIAIOSFODNN7EXAMPL1",
            "BKIAIOSFODNN7EXAMPLE",
            "akiaiosfodnn7example",
        ] {
            assert!(AccessKeyId::parse(text).is_err(), "{text}");
        }
    }
}
