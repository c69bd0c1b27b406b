//! Unique ids: what entities are known by for good, whatever their names become.

use std::fmt;

use crate::access_key_id::base32_digit;
use crate::{AccountId, ParseError, text_serde};

const LENGTH: usize = 21;

/// What an id belongs to, as its first four letters say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// `AIDA`
    User,
}

impl EntityKind {
    const fn prefix(self) -> &'static [u8; 4] {
        match self {
            Self::User => b"AIDA",
        }
    }
}

/// The unique id of a user: `AIDA` and 17 base32 characters. It is never used again, and a rename
/// keeps it, so everything that belongs to a user refers to this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: ASCII with the kind's prefix; upheld by `parse` and `mint`.
pub struct UserId([u8; LENGTH]);

impl UserId {
    /// Reads an issued user id.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expected = ParseError::new("a user id (AIDA and 17 letters or digits)");
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| expected)?;
        let (prefix, rest) = bytes.split_at(4);
        if prefix != EntityKind::User.prefix()
            || !rest
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        {
            return Err(expected);
        }
        Ok(Self(bytes))
    }

    /// Makes the id of a new user of `account`: like a key id it begins with the account's number,
    /// and its last 44 bits are the low bits of `random`.
    #[must_use]
    pub fn mint(account: AccountId, random: u64) -> Self {
        let bits: u128 = (1 << 84)
            | (u128::from(account.number() & ((1 << 40) - 1)) << 44)
            | u128::from(random & ((1 << 44) - 1));
        let mut bytes = [0; LENGTH];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = match EntityKind::User.prefix().get(index) {
                Some(letter) => *letter,
                None => base32_digit(bits >> ((LENGTH - 1 - index) * 5)),
            };
        }
        Self(bytes)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

text_serde!(UserId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_user_id_reads_back_and_shares_its_beginning_within_an_account() {
        let account = AccountId::parse("123456789012").unwrap();
        let one = UserId::mint(account, 0);
        let two = UserId::mint(account, u64::MAX);
        assert_eq!(UserId::parse(one.as_str()), Ok(one));
        assert_eq!(one.as_str().get(..12), two.as_str().get(..12));
        assert_ne!(one, two);
    }
}
