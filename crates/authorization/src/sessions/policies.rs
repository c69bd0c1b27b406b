//! Session policies: what is passed to narrow a session.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use keyward_account::{Account, ManagedPolicy, PolicyDocument};
use keyward_names::PolicyId;
use keyward_policy::{Compiled, Document, PolicySet};

use crate::managed::Managed;

/// The session policies of one session. All together act as one set.
#[derive(Debug, Default)]
pub struct SessionPolicies {
    inline: Option<Arc<Compiled>>,
    /// Managed policies of the session's account or AWS's. What they say is read at every request:
    /// another default version changes running sessions (seen at AWS).
    managed: Box<[PolicyId]>,
    prepared: ArcSwapOption<Prepared>,
}

#[derive(Debug)]
struct Prepared {
    documents: Vec<Arc<Compiled>>,
    set: Arc<PolicySet>,
}

impl SessionPolicies {
    /// Takes in a policy that was checked, and references to managed ones. `None` if the text can't be
    /// read.
    pub fn new(inline: Option<&str>, managed: Box<[PolicyId]>) -> Option<Self> {
        let compile =
            |text| Document::parse(text).map(|document| Arc::new(Compiled::new(&document)));
        Some(Self {
            inline: inline.map(compile).transpose().ok()?,
            managed,
            prepared: ArcSwapOption::empty(),
        })
    }

    /// What they come to now. `None` where none were passed. If one of them is gone, nobody can tell
    /// any more what it denies, and nothing is allowed.
    pub fn set(&self, account: &Account, managed: Managed<'_>) -> Option<Arc<PolicySet>> {
        if self.inline.is_none() && self.managed.is_empty() {
            return None;
        }
        let referred = self.managed.iter().map(|id| {
            let own = account.managed_policies().get(*id);
            let own = own.and_then(ManagedPolicy::default_document);
            let own = own.and_then(PolicyDocument::compiled).cloned();
            own.or_else(|| managed.compiled(*id))
        });
        let inline = self.inline.iter().cloned().map(Some);
        let documents: Option<Vec<_>> = inline.chain(referred).collect();
        let Some(documents) = documents else {
            return Some(Arc::new(PolicySet::new([])));
        };
        let before = self.prepared.load();
        if let Some(prepared) = &*before
            && is_same(&prepared.documents, &documents)
        {
            return Some(Arc::clone(&prepared.set));
        }
        let set = Arc::new(PolicySet::new(documents.iter().cloned()));
        self.prepared.store(Some(Arc::new(Prepared {
            documents,
            set: Arc::clone(&set),
        })));
        Some(set)
    }
}

fn is_same(one: &[Arc<Compiled>], other: &[Arc<Compiled>]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| Arc::ptr_eq(one, other))
}
