//! Prepared rights: what they are made of, and when they must be made anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use keyward_policy::{Compiled, PolicySet};

/// Identifies one state of all policies of an account. No two states in a process have the same
/// stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

impl Stamp {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// The policies of a user or role, ready for judging requests.
#[derive(Debug)]
pub struct Rights {
    /// Its own policies and those of its groups. `None` if there are none.
    pub identity: Option<PolicySet>,
    /// Its permissions boundary. `None` if it has none.
    pub boundary: Option<PolicySet>,
}

/// Holds the prepared rights of one user or role.
#[derive(Debug, Default)]
pub(crate) struct Slot(pub(crate) ArcSwapOption<Prepared>);

/// Rights, and what they were made of.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) stamp: Stamp,
    pub(crate) documents: Documents,
    pub(crate) rights: Arc<Rights>,
}

/// The documents that rights are made of.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub(crate) identity: Vec<Arc<Compiled>>,
    pub(crate) boundary: Option<Arc<Compiled>>,
}

impl Documents {
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_same =
            |one: &Option<Arc<Compiled>>, other: &Option<Arc<Compiled>>| match (one, other) {
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
        self.identity.len() == other.identity.len()
            && self
                .identity
                .iter()
                .zip(&other.identity)
                .all(|(one, other)| Arc::ptr_eq(one, other))
            && is_same(&self.boundary, &other.boundary)
    }

    pub(crate) fn rights(&self) -> Rights {
        let identity = &self.identity;
        let boundary = self.boundary.iter().cloned();
        Rights {
            identity: (!identity.is_empty()).then(|| PolicySet::new(identity.iter().cloned())),
            boundary: self.boundary.is_some().then(|| PolicySet::new(boundary)),
        }
    }
}
