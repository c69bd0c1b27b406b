//! What the policies of a user or role come to: sets that requests are judged by.
//!
//! A set is made when it is first needed and kept until one of its policies changes. Every change of
//! anything that policies hang on gives the account another stamp; where that is still the same, a set
//! is as it was, and else its documents are compared, which is quick.

use std::sync::Arc;

use keyward_names::PolicyId;
use keyward_policy::Compiled;

use crate::prepared_rights::{Documents, Prepared};
use crate::{Account, PolicyEntity, PrincipalId, Rights};

/// Finds the policies that are managed by AWS and belong to no account.
pub type FindAwsPolicy<'a> = dyn Fn(PolicyId) -> Option<Arc<Compiled>> + 'a;

/// A policy is kept that can't be read any more, or is referred to and not there: nobody can tell what
/// it denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a policy of {entity} can't be read")]
pub struct UnreadablePolicy {
    /// Whose policy: the user's or role's own, or one of its group.
    pub entity: PolicyEntity,
}

impl Account {
    /// What all policies of a user or role come to: its inline and attached policies, those of its
    /// groups, and its boundary. `None` where it has none at all.
    pub fn rights(
        &self,
        of: PrincipalId,
        aws: &FindAwsPolicy<'_>,
    ) -> Result<Option<Arc<Rights>>, UnreadablePolicy> {
        let Some(slot) = self.slots.get(&of) else {
            return Ok(None);
        };
        let before = slot.0.load();
        if let Some(prepared) = &*before
            && prepared.stamp == self.stamp
        {
            return Ok(Some(Arc::clone(&prepared.rights)));
        }
        let documents = self.documents(of, aws)?;
        let rights = match &*before {
            Some(prepared) if prepared.documents.is_same(&documents) => {
                Arc::clone(&prepared.rights)
            }
            Some(_) | None => Arc::new(documents.rights()),
        };
        slot.0.store(Some(Arc::new(Prepared {
            stamp: self.stamp,
            documents,
            rights: Arc::clone(&rights),
        })));
        Ok(Some(rights))
    }

    fn documents(
        &self,
        of: PrincipalId,
        aws: &FindAwsPolicy<'_>,
    ) -> Result<Documents, UnreadablePolicy> {
        let mut documents = Documents::default();
        let own = PolicyEntity::from(of);
        self.add_documents(own, aws, &mut documents)?;
        if let PrincipalId::User(user) = of {
            for group in self.groups_of(user) {
                self.add_documents(PolicyEntity::Group(group), aws, &mut documents)?;
            }
        }
        if let Some(boundary) = self.policies(own).and_then(|policies| policies.boundary) {
            documents.boundary = Some(self.managed_document(own, boundary, aws)?);
        }
        Ok(documents)
    }

    fn add_documents(
        &self,
        entity: PolicyEntity,
        aws: &FindAwsPolicy<'_>,
        documents: &mut Documents,
    ) -> Result<(), UnreadablePolicy> {
        let Some(policies) = self.policies(entity) else {
            return Ok(());
        };
        for policy in &policies.inline {
            let compiled = policy.document.compiled();
            let compiled = compiled.ok_or(UnreadablePolicy { entity })?;
            documents.identity.push(Arc::clone(compiled));
        }
        for id in &policies.attached {
            let compiled = self.managed_document(entity, *id, aws)?;
            // One that comes by several ways counts once.
            if !documents
                .identity
                .iter()
                .any(|known| Arc::ptr_eq(known, &compiled))
            {
                documents.identity.push(compiled);
            }
        }
        Ok(())
    }

    fn managed_document(
        &self,
        entity: PolicyEntity,
        id: PolicyId,
        aws: &FindAwsPolicy<'_>,
    ) -> Result<Arc<Compiled>, UnreadablePolicy> {
        let own = self.managed_policies().get(id);
        let own = own.and_then(|policy| policy.default_document());
        let compiled = match own {
            Some(document) => document.compiled().cloned(),
            None => aws(id),
        };
        compiled.ok_or(UnreadablePolicy { entity })
    }
}

#[cfg(test)]
mod tests;
