//! Applying changes to an account.

use std::sync::Arc;

use keyward_names::{AccessKeyId, GroupId, InstanceProfileId, PolicyId, UserId};

use crate::prepared_rights::Stamp;
use crate::{
    AccessKey, Account, Change, EntityPolicies, InstanceProfile, ManagedPolicy, Memberships,
    PolicyEntity, PolicyUse, PrincipalId, Role, User,
};

impl Account {
    /// Applies one change. This never fails: whatever the change, the account satisfies its
    /// invariants.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => self.put(record.clone()),
            Change::Delete(key) => self.delete(key),
        }
    }

    pub(crate) fn put_user(&mut self, user: User) {
        let (id, name) = (user.id, user.name.folded());
        let before = self.entities.users.insert(user);
        let name_before = before.map(|before| before.name.folded());
        if name_before.as_ref() == Some(&name) {
            return;
        }
        // When an account is loaded, the memberships may come before the user.
        let groups: Vec<GroupId> = self.groups_of(id).collect();
        for group in groups {
            if let Some(before) = &name_before {
                self.members.remove(&(group, before.clone()));
            }
            self.members.insert((group, name.clone()));
        }
    }

    pub(crate) fn put_role(&mut self, mut role: Role) {
        if let Some(before) = self.entities.roles.get(role.id) {
            role.trust_policy.share_document_with(&before.trust_policy);
        }
        self.entities.roles.insert(role);
    }

    pub(crate) fn put_managed_policy(&mut self, mut policy: ManagedPolicy) {
        if let Some(before) = self.entities.managed_policies.get(policy.id) {
            policy.share_documents_with(before);
        }
        self.entities.managed_policies.insert(policy);
        self.stamp = Stamp::new();
    }

    pub(crate) fn put_instance_profile(&mut self, profile: InstanceProfile) {
        let (name, role) = (profile.name.folded(), profile.role);
        let before = self.entities.instance_profiles.insert(profile);
        if let Some(before) = before
            && let Some(role) = before.role
        {
            self.profiles_of_roles.remove(&(role, before.name.folded()));
        }
        if let Some(role) = role {
            self.profiles_of_roles.insert((role, name));
        }
    }

    pub(crate) fn put_access_key(&mut self, key: AccessKey) {
        self.delete_access_key(&key.id);
        self.access_keys_by_owner.insert((key.owner, key.id));
        self.entities.access_keys.insert(key.id, Arc::new(key));
    }

    pub(crate) fn put_memberships(&mut self, memberships: Memberships) {
        let user = memberships.user;
        self.delete_memberships(&user);
        if let Some(name) = self.entities.users.get(user).map(|user| user.name.folded()) {
            for group in &memberships.groups {
                self.members.insert((*group, name.clone()));
            }
        }
        self.entities
            .memberships
            .insert(user, Arc::new(memberships));
        self.keep_slot(PrincipalId::User(user));
    }

    pub(crate) fn put_policies(&mut self, mut policies: EntityPolicies) {
        let entity = policies.entity;
        let before = self.entities.policies.get(&entity).cloned();
        if let Some(before) = before {
            policies.share_documents_with(&before);
            self.drop_references(&before);
        }
        for (policy, how) in policies.references() {
            if self.policy_users.insert((policy, entity, how)).is_none() {
                let uses = self.policy_uses.entry(policy).or_default();
                match how {
                    PolicyUse::Permissions => uses.attached += 1,
                    PolicyUse::Boundary => uses.boundary += 1,
                }
            }
        }
        self.entities.policies.insert(entity, Arc::new(policies));
        match entity {
            PolicyEntity::User(user) => self.keep_slot(PrincipalId::User(user)),
            PolicyEntity::Role(role) => self.keep_slot(PrincipalId::Role(role)),
            PolicyEntity::Group(_) => self.stamp = Stamp::new(),
        }
    }

    fn drop_references(&mut self, policies: &EntityPolicies) {
        for (policy, how) in policies.references() {
            let user = (policy, policies.entity, how);
            if self.policy_users.remove(&user).is_some() {
                self.count_one_less(policy, how);
            }
        }
    }

    fn count_one_less(&mut self, policy: PolicyId, how: PolicyUse) {
        let mut uses = self.policy_uses(policy);
        let count = match how {
            PolicyUse::Permissions => &mut uses.attached,
            PolicyUse::Boundary => &mut uses.boundary,
        };
        *count = count.saturating_sub(1);
        if uses.is_none() {
            self.policy_uses.remove(&policy);
        } else {
            self.policy_uses.insert(policy, uses);
        }
    }

    fn keep_slot(&mut self, of: PrincipalId) {
        self.slots.entry(of).or_default();
        self.stamp = Stamp::new();
    }

    fn drop_idle_slot(&mut self, of: PrincipalId) {
        let is_in_groups = match of {
            PrincipalId::User(user) => self.entities.memberships.contains_key(&user),
            PrincipalId::Role(_) => false,
        };
        if !is_in_groups && !self.entities.policies.contains_key(&PolicyEntity::from(of)) {
            self.slots.remove(&of);
        }
        self.stamp = Stamp::new();
    }

    pub(crate) fn delete_managed_policy(&mut self, id: &PolicyId) {
        self.entities.managed_policies.remove(*id);
        self.stamp = Stamp::new();
    }

    pub(crate) fn delete_instance_profile(&mut self, id: &InstanceProfileId) {
        let before = self.entities.instance_profiles.remove(*id);
        if let Some(before) = before
            && let Some(role) = before.role
        {
            self.profiles_of_roles.remove(&(role, before.name.folded()));
        }
    }

    pub(crate) fn delete_access_key(&mut self, id: &AccessKeyId) {
        if let Some(key) = self.entities.access_keys.remove(id) {
            self.access_keys_by_owner.remove(&(key.owner, *id));
        }
    }

    pub(crate) fn delete_user(&mut self, id: &UserId) {
        let groups: Vec<GroupId> = self.groups_of(*id).collect();
        if let Some(user) = self.entities.users.remove(*id) {
            for group in groups {
                self.members.remove(&(group, user.name.folded()));
            }
        }
    }

    pub(crate) fn delete_memberships(&mut self, user: &UserId) {
        let Some(before) = self.entities.memberships.remove(user) else {
            return;
        };
        if let Some(name) = self
            .entities
            .users
            .get(*user)
            .map(|user| user.name.folded())
        {
            for group in &before.groups {
                self.members.remove(&(*group, name.clone()));
            }
        }
        self.drop_idle_slot(PrincipalId::User(*user));
    }

    pub(crate) fn delete_policies(&mut self, entity: &PolicyEntity) {
        let Some(before) = self.entities.policies.remove(entity) else {
            return;
        };
        self.drop_references(&before);
        match *entity {
            PolicyEntity::User(user) => self.drop_idle_slot(PrincipalId::User(user)),
            PolicyEntity::Role(role) => self.drop_idle_slot(PrincipalId::Role(role)),
            PolicyEntity::Group(_) => self.stamp = Stamp::new(),
        }
    }
}
