//! All managed policies of AWS, and finding them.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use keyward_names::{FoldedName, PolicyId};

use crate::DataError;
use crate::index::Index;
use crate::policy::{ARN_PREFIX, ManagedPolicy};

/// The file that is part of the program.
const BUILT_IN: &[u8] = include_bytes!("../data/managed-policies.bin");
/// The most bytes that the documents of a file may have, all versions together.
const MOST_IN_DOCUMENTS: usize = 256 << 20;

/// The managed policies of AWS.
#[derive(Debug)]
pub struct ManagedPolicies {
    source: Box<str>,
    /// In the order of their folded names, of which each is there once.
    policies: Box<[ManagedPolicy]>,
    /// The places of the policies, in the order of their ids.
    by_id: Box<[(PolicyId, usize)]>,
}

impl ManagedPolicies {
    /// Those that are part of the program. The index is read at the first call, which takes some
    /// milliseconds.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the program, and a test reads all of it"
    )]
    pub fn built_in() -> &'static Self {
        static TABLE: OnceLock<ManagedPolicies> = OnceLock::new();
        let open = || Self::open(Cow::Borrowed(BUILT_IN)).expect("the file can be read");
        TABLE.get_or_init(open)
    }

    /// Those of a file. All of it is read once, so that what is wrong with it is found here.
    pub fn read(file: Vec<u8>) -> Result<Self, DataError> {
        let mut room = MOST_IN_DOCUMENTS;
        // Checking unpacks every block. The table that is given has nothing unpacked.
        let checked = Self::open(Cow::Owned(file.clone()))?;
        for policy in &checked.policies {
            policy.check(&mut room)?;
        }
        drop(checked);
        Self::open(Cow::Owned(file))
    }

    /// Reads the index of a file.
    fn open(file: Cow<'static, [u8]>) -> Result<Self, DataError> {
        let index = Index::read(file)?;
        let blocks = Arc::new(index.blocks);
        let policies: Box<[ManagedPolicy]> = (index.policies.into_iter())
            .map(|entry| ManagedPolicy::new(entry, &blocks))
            .collect();
        let is_in_order = policies.is_sorted_by(|one, next| one.folded() < next.folded());
        let mut by_id: Box<[(PolicyId, usize)]> = (policies.iter().zip(0..))
            .map(|(policy, place)| (policy.id, place))
            .collect();
        by_id.sort_unstable();
        if !is_in_order || !by_id.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(DataError::Order);
        }
        Ok(Self {
            source: index.source,
            policies,
            by_id,
        })
    }

    /// Where the data is from: the name of a package, and its version.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Finds a policy by its ARN, in which path and name may be in another case.
    #[must_use]
    pub fn by_arn(&self, arn: &str) -> Option<&ManagedPolicy> {
        let place = arn.strip_prefix(ARN_PREFIX)?;
        let (_, name) = place.rsplit_once('/')?;
        let folded = FoldedName::fold(name);
        let found = self
            .policies
            .binary_search_by(|policy| policy.folded().cmp(&folded))
            .ok()?;
        let policy = self.policies.get(found)?;
        let is_it = place
            .strip_suffix(name)
            .is_some_and(|path| path.eq_ignore_ascii_case(policy.path.as_str()));
        is_it.then_some(policy)
    }

    /// Finds a policy by its id.
    #[must_use]
    pub fn by_id(&self, id: PolicyId) -> Option<&ManagedPolicy> {
        let found = self.by_id.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, place) = self.by_id.get(found)?;
        self.policies.get(*place)
    }

    /// All, in the order of their names without regard to case.
    pub fn iter(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.policies.iter()
    }

    /// Those after a name, in the same order.
    pub fn after(&self, name: &FoldedName) -> impl Iterator<Item = &ManagedPolicy> {
        let before = self
            .policies
            .partition_point(|policy| policy.folded() <= name);
        self.policies.iter().skip(before)
    }
}

#[cfg(test)]
mod tests;
