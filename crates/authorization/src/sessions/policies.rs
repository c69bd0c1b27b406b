//! Session policies, which narrow a session.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use keyward_account::{Account, ManagedPolicy, PolicyDocument};
use keyward_names::PolicyId;
use keyward_policy::{Compiled, Document, PolicySet};

use crate::managed::Managed;

/// The session policies of one session. All together act as one set.
#[derive(Debug, Default)]
pub struct SessionPolicies {
    inline: Option<(Box<str>, Arc<Compiled>)>,
    /// Managed policies of the session's account or AWS's. Their default versions are looked up at
    /// every request: a new default version changes running sessions (seen at AWS).
    managed: Box<[PolicyId]>,
    prepared: ArcSwapOption<Prepared>,
}

#[derive(Debug)]
struct Prepared {
    documents: Vec<Arc<Compiled>>,
    set: Arc<PolicySet>,
}

impl SessionPolicies {
    /// Takes an inline policy that was checked, and the ids of managed ones. `None` if the inline
    /// policy can't be parsed.
    pub fn new(inline: Option<&str>, managed: Box<[PolicyId]>) -> Option<Self> {
        let compile = |text: &str| {
            Document::parse(text).map(|document| (text.into(), Arc::new(Compiled::new(&document))))
        };
        Some(Self {
            inline: inline.map(compile).transpose().ok()?,
            managed,
            prepared: ArcSwapOption::empty(),
        })
    }

    /// The text of the inline policy.
    pub(crate) fn inline_text(&self) -> Option<&str> {
        self.inline.as_ref().map(|(text, _)| &**text)
    }

    /// The ids of the managed policies.
    pub(crate) fn managed(&self) -> &[PolicyId] {
        &self.managed
    }

    /// The policies as one set, as they are now. `None` if the session has none. If one of them was
    /// deleted, nobody can tell any more what it denies, so nothing is allowed.
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
        let inline = self.inline.iter();
        let inline = inline.map(|(_, compiled)| Some(Arc::clone(compiled)));
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
