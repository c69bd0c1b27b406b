//! Shards: how a node that holds many accounts learns which of them moved.

use std::fmt;

use keyward_names::AccountId;

use crate::Version;

/// A part of all accounts that has a log of its own. A few of them, so that writers of different
/// accounts seldom wait for each other, and one short poll still sees them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(u64);

impl Shard {
    /// How many there are. Data on disk depends on it: changing it takes a migration.
    pub const COUNT: u64 = 16;

    /// The shard with this number; `None` from [`Shard::COUNT`] on.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number < Self::COUNT {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The shard that an account belongs to, for good.
    #[must_use]
    pub const fn of(account: AccountId) -> Self {
        // Fibonacci hashing: the highest bits of the product are well mixed even where account
        // ids follow one upon the other.
        Self(account.number().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60)
    }

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// Its number, below [`Shard::COUNT`].
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// How many commits a shard has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(u64);

impl Position {
    /// Before a shard's first commit.
    pub const START: Self = Self(0);

    /// The position after this many commits.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of commits.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How far a shard's log reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardHead {
    /// The shard.
    pub shard: Shard,
    /// The position of its newest commit; [`Position::START`] if it has none.
    pub position: Position,
}

/// An account that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Where in the shard's log the account's newest commit stands.
    pub position: Position,
    /// The account.
    pub account: AccountId,
    /// The version that this commit made.
    pub version: Version,
}

impl Changed {
    /// How many one answer of [`Store::changed`](crate::Store::changed) holds at most.
    pub const LIMIT: usize = 1_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_accounts_spread_evenly_over_the_shards() {
        let mut counts = [0_u32; 16];
        for number in 100_000_000_000..100_000_016_000 {
            let account = AccountId::from_number(number).unwrap();
            counts[usize::try_from(Shard::of(account).number()).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..=1_100).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_shard_of_an_account_never_changes() {
        let shard_of = |text| Shard::of(AccountId::parse(text).unwrap()).number();
        assert_eq!(shard_of("000000000000"), 0);
        assert_eq!(shard_of("123456789012"), 5);
        assert_eq!(Shard::of(AccountId::INSTALLATION).number(), 6);
    }
}
