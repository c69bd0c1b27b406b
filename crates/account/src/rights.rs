//! The rights of a user or role: sets of policies by which requests are judged.
//!
//! Rights are made when they are first needed and kept until one of their policies changes.
//! Whatever may change rights gives the account another stamp. While the stamp is the same, so are
//! the rights; otherwise their documents are compared, which is quick.

use std::sync::Arc;

use keyward_names::PolicyId;
use keyward_policy::Compiled;

use crate::prepared_rights::{Documents, Prepared};
use crate::{Account, PolicyEntity, PrincipalId, Rights};

/// Finds managed policies of AWS.
pub type FindAwsPolicy<'a> = dyn Fn(PolicyId) -> Option<Arc<Compiled>> + 'a;

/// A policy can't be parsed any more, or an entity refers to one that does not exist. So nobody can
/// tell what it denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a policy of {entity} can't be read")]
pub struct UnreadablePolicy {
    /// The entity that has the policy: the user or role itself, or one of its groups.
    pub entity: PolicyEntity,
}

impl Account {
    /// The rights of a user or role, from its inline and attached policies, those of its groups,
    /// and its boundary. `None` if it has no policies at all.
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
            // A policy that is attached to several of them is added once.
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
