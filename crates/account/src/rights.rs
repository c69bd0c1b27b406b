//! The rights of a user or role: sets of policies by which requests are judged.
//!
//! Rights are made when they are first needed and kept until one of their policies changes.
//! Whatever may change rights gives the account another stamp. While the stamp is the same, so are
//! the rights; otherwise their documents are compared, which is quick.

use std::sync::Arc;

use keyward_names::PolicyId;
use keyward_policy::Compiled;

use crate::prepared_rights::{Documents, Prepared};
use crate::{Account, InlinePolicy, PolicyEntity, PrincipalId, Rights};

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

/// Where a document of somebody's rights is from: a policy of this entity.
#[derive(Debug, Clone, Copy)]
pub enum RightsSource<'a> {
    /// An inline policy.
    Inline(PolicyEntity, &'a InlinePolicy),
    /// A managed policy.
    Managed(PolicyEntity, PolicyId),
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

    /// The policies that the rights of a user or role are made of, in the order of their documents in
    /// the rights, and the boundary.
    pub fn rights_sources(
        &self,
        of: PrincipalId,
        aws: &FindAwsPolicy<'_>,
    ) -> Result<(Vec<RightsSource<'_>>, Option<PolicyId>), UnreadablePolicy> {
        let mut sources = Vec::new();
        self.add_documents(of, aws, &mut Documents::default(), |source| {
            sources.push(source);
        })?;
        let boundary = self
            .policies(of.into())
            .and_then(|policies| policies.boundary);
        Ok((sources, boundary))
    }

    fn documents(
        &self,
        of: PrincipalId,
        aws: &FindAwsPolicy<'_>,
    ) -> Result<Documents, UnreadablePolicy> {
        let mut documents = Documents::default();
        self.add_documents(of, aws, &mut documents, |_| ())?;
        let own = PolicyEntity::from(of);
        if let Some(boundary) = self.policies(own).and_then(|policies| policies.boundary) {
            documents.boundary = Some(self.managed_document(own, boundary, aws)?);
        }
        Ok(documents)
    }

    /// Adds the documents of the principal and of its groups, and tells where each is from.
    fn add_documents<'a>(
        &'a self,
        of: PrincipalId,
        aws: &FindAwsPolicy<'_>,
        documents: &mut Documents,
        mut added: impl FnMut(RightsSource<'a>),
    ) -> Result<(), UnreadablePolicy> {
        let groups = match of {
            PrincipalId::User(user) => Some(self.groups_of(user)),
            PrincipalId::Role(_) => None,
        };
        let groups = groups.into_iter().flatten().map(PolicyEntity::Group);
        for entity in [PolicyEntity::from(of)].into_iter().chain(groups) {
            let Some(policies) = self.policies(entity) else {
                continue;
            };
            for policy in &policies.inline {
                let compiled = policy.document.compiled();
                let compiled = compiled.ok_or(UnreadablePolicy { entity })?;
                documents.identity.push(Arc::clone(compiled));
                added(RightsSource::Inline(entity, policy));
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
                    added(RightsSource::Managed(entity, *id));
                }
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
