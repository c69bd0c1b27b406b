//! The owner of the policies that an operation is about: a user, group or role.

use keyward_account::{
    Account, Change, Changes, EntityPolicies, Group, PolicyEntity, Record, RecordKey, Role, User,
};
use keyward_engine::Quotas;
use keyward_faults::{Fault, fault};

/// A user, group or role that was found. It may be deleted or renamed before its policies change.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// The entity.
    pub(crate) entity: PolicyEntity,
    /// The name in the request.
    asked_for: String,
}

/// The quotas of policies that an owner has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnerQuotas {
    /// The name of the quota of attached policies.
    pub(crate) attached_name: &'static str,
    /// How many policies may be attached.
    pub(crate) attached: usize,
    /// How many characters its inline policies may have together.
    pub(crate) inline_characters: usize,
}

impl Owner {
    /// A user.
    pub(crate) fn user(user: &User, asked_for: &str) -> Self {
        Self::new(PolicyEntity::User(user.id), asked_for)
    }

    /// A group.
    pub(crate) fn group(group: &Group, asked_for: &str) -> Self {
        Self::new(PolicyEntity::Group(group.id), asked_for)
    }

    /// A role.
    pub(crate) fn role(role: &Role, asked_for: &str) -> Self {
        Self::new(PolicyEntity::Role(role.id), asked_for)
    }

    fn new(entity: PolicyEntity, asked_for: &str) -> Self {
        Self {
            entity,
            asked_for: asked_for.to_owned(),
        }
    }

    /// The kind of entity, as messages call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.entity {
            PolicyEntity::User(_) => "user",
            PolicyEntity::Group(_) => "group",
            PolicyEntity::Role(_) => "role",
        }
    }

    /// Its policies, or the fault that it does not exist any more.
    pub(crate) fn policies(&self, account: &Account) -> Result<EntityPolicies, Fault> {
        if name_of(account, self.entity).is_none() {
            return Err(fault::no_such_entity(self.kind(), &self.asked_for));
        }
        let policies = account.policies(self.entity).cloned();
        Ok(policies.unwrap_or_else(|| EntityPolicies::none(self.entity)))
    }

    /// Its name as it is spelled now.
    pub(crate) fn name(&self, account: &Account) -> String {
        let name = name_of(account, self.entity);
        name.map_or_else(|| self.asked_for.clone(), str::to_owned)
    }

    /// Its quotas.
    pub(crate) fn quotas(&self, quotas: &Quotas) -> OwnerQuotas {
        let (attached_name, attached, inline_characters) = match self.entity {
            PolicyEntity::User(_) => (
                "PoliciesPerUser",
                quotas.policies_per_user,
                quotas.user_inline_policy_characters,
            ),
            PolicyEntity::Group(_) => (
                "PoliciesPerGroup",
                quotas.policies_per_group,
                quotas.group_inline_policy_characters,
            ),
            PolicyEntity::Role(_) => (
                "PoliciesPerRole",
                quotas.policies_per_role,
                quotas.role_inline_policy_characters,
            ),
        };
        OwnerQuotas {
            attached_name,
            attached,
            inline_characters,
        }
    }
}

/// The name of a user, group or role, if it exists.
pub(crate) fn name_of(account: &Account, entity: PolicyEntity) -> Option<&str> {
    match entity {
        PolicyEntity::User(id) => account.users().get(id).map(|user| user.name.as_str()),
        PolicyEntity::Group(id) => account.groups().get(id).map(|group| group.name.as_str()),
        PolicyEntity::Role(id) => account.roles().get(id).map(|role| role.name.as_str()),
    }
}

/// The changes that make these the policies of an owner.
pub(crate) fn changes(account: &Account, after: EntityPolicies) -> Changes {
    let before = account.policies(after.entity);
    if before.map_or_else(|| after.is_none(), |before| *before == after) {
        return Changes::none();
    }
    let change = if after.is_none() {
        Change::Delete(RecordKey::Policies(after.entity))
    } else {
        Change::Put(Record::Policies(after))
    };
    Changes {
        changes: vec![change],
        ..Changes::none()
    }
}

/// Refuses to delete an entity that still has policies. A boundary is allowed.
pub(crate) fn check_no_policies(policies: Option<&EntityPolicies>) -> Result<(), Fault> {
    let Some(policies) = policies else {
        return Ok(());
    };
    if !policies.attached.is_empty() {
        return Err(fault::must_detach_policies_first());
    }
    if !policies.inline.is_empty() {
        return Err(fault::must_delete_policies_first());
    }
    Ok(())
}
