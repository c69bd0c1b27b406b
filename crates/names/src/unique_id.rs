//! Unique ids: what entities are known by for good, whatever their names become.

use std::fmt;

use crate::access_key_id::{base32_digit, base32_value};
use crate::{AccountId, ParseError, text_serde};

const LENGTH: usize = 21;

/// What an id belongs to, as its first four letters say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// `AIDA`
    User,
    /// `AGPA`
    Group,
    /// `AROA`
    Role,
    /// `ANPA`
    ManagedPolicy,
    /// `AIPA`
    InstanceProfile,
}

impl EntityKind {
    const fn prefix(self) -> &'static [u8; 4] {
        match self {
            Self::User => b"AIDA",
            Self::Group => b"AGPA",
            Self::Role => b"AROA",
            Self::ManagedPolicy => b"ANPA",
            Self::InstanceProfile => b"AIPA",
        }
    }
}

/// Makes the type of a kind of unique ids. `unique_id! { /// Whose. UserId, User, "a user id (..)" }`
/// is a text of the kind's four letters and 17 base32 characters.
macro_rules! unique_id {
    ($(#[$meaning:meta])* $name:ident, $kind:ident, $expected:literal) => {
        $(#[$meaning])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        // INVARIANT: ASCII with the kind's prefix; upheld by `parse` and `mint`.
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// Below every id that is issued: where a look through ids begins.
            pub const LOWEST: Self = Self([0; LENGTH]);

            /// Reads an issued id.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                read(EntityKind::$kind, text).map(Self).ok_or(ParseError::new($expected))
            }

            /// Makes the id of something new in `account`: like a key id it begins with the account's
            /// number, and its last 44 bits are the low bits of `random`.
            #[must_use]
            pub fn mint(account: AccountId, random: u64) -> Self {
                Self(mint(EntityKind::$kind, account, random))
            }

            /// The account that the id carries, if it was made by `mint`.
            #[must_use]
            pub fn embedded_account(&self) -> Option<AccountId> {
                embedded_account(&self.0)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        text_serde!($name);
    };
}

unique_id! {
    /// The unique id of a user: `AIDA` and 17 base32 characters. It is never used again, and a rename
    /// keeps it, so everything that belongs to a user refers to this.
    UserId, User, "a user id (AIDA and 17 letters or digits)"
}

unique_id! {
    /// The unique id of a group: `AGPA` and 17 base32 characters. A rename keeps it.
    GroupId, Group, "a group id (AGPA and 17 letters or digits)"
}

unique_id! {
    /// The unique id of a role: `AROA` and 17 base32 characters.
    RoleId, Role, "a role id (AROA and 17 letters or digits)"
}

unique_id! {
    /// The unique id of a managed policy, of a customer or of AWS: `ANPA` and 17 base32 characters.
    PolicyId, ManagedPolicy, "a policy id (ANPA and 17 letters or digits)"
}

unique_id! {
    /// The unique id of an instance profile: `AIPA` and 17 base32 characters.
    InstanceProfileId, InstanceProfile, "an instance profile id (AIPA and 17 letters or digits)"
}

fn read(kind: EntityKind, text: &str) -> Option<[u8; LENGTH]> {
    let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
    let rest = bytes.strip_prefix(kind.prefix())?;
    let is_usual = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    rest.iter().all(is_usual).then_some(bytes)
}

fn embedded_account(id: &[u8; LENGTH]) -> Option<AccountId> {
    let bits = id
        .iter()
        .skip(4)
        .fold(0_u128, |bits, byte| (bits << 5) | base32_value(*byte));
    if bits >> 84 == 0 {
        return None;
    }
    let number = u64::try_from((bits >> 44) & ((1 << 40) - 1)).ok()?;
    AccountId::from_number(number)
}

fn mint(kind: EntityKind, account: AccountId, random: u64) -> [u8; LENGTH] {
    let bits: u128 = (1 << 84)
        | (u128::from(account.number() & ((1 << 40) - 1)) << 44)
        | u128::from(random & ((1 << 44) - 1));
    let mut bytes = [0; LENGTH];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = match kind.prefix().get(index) {
            Some(letter) => *letter,
            None => base32_digit(bits >> ((LENGTH - 1 - index) * 5)),
        };
    }
    bytes
}

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
        assert_eq!(one.embedded_account(), Some(account));
        assert_eq!(two.embedded_account(), Some(account));
        let old = PolicyId::parse("ANPAIOSFODNN7EXAMPLE1").unwrap();
        assert_eq!(old.embedded_account(), None);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let account = AccountId::parse("123456789012").unwrap();
        let role = RoleId::mint(account, 1);
        assert_eq!(RoleId::parse(role.as_str()), Ok(role));
        for text in [role.as_str(), "", "AIDA", "AIDAaaaaaaaaaaaaaaaaa"] {
            assert!(UserId::parse(text).is_err(), "{text}");
        }
        assert!(UserId::LOWEST < UserId::mint(account, 0));
    }
}
