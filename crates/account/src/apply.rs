//! How changes lead from one account to the next.

use std::sync::Arc;

use keyward_names::{GroupId, PolicyId, UserId};

use crate::prepared_rights::Stamp;
use crate::{
    AccessKey, Account, Change, EntityPolicies, InstanceProfile, ManagedPolicy, Memberships,
    PolicyEntity, PolicyUse, PrincipalId, Record, RecordKey, Role, User,
};

impl Account {
    /// How many records the account consists of.
    #[must_use]
    pub fn record_count(&self) -> usize {
        const SINGLE: usize = 5;
        SINGLE
            + self.users().len()
            + self.groups().len()
            + self.roles().len()
            + self.managed_policies().len()
            + self.instance_profiles().len()
            + self.login_profiles.len()
            + self.access_keys.len()
            + self.memberships.len()
            + self.policies.len()
            + self.role_deletions.len()
            + self.oidc_providers.len()
            + self.saml_providers.len()
    }

    /// The keys of all records that the account consists of.
    pub fn record_keys(&self) -> impl Iterator<Item = RecordKey> {
        let single = [
            self.settings.is_some().then_some(RecordKey::Settings),
            self.root_user.is_some().then_some(RecordKey::RootUser),
            self.alias.is_some().then_some(RecordKey::Alias),
            self.password_policy
                .is_some()
                .then_some(RecordKey::PasswordPolicy),
            self.outbound_federation
                .is_some()
                .then_some(RecordKey::OutboundFederation),
        ];
        let access_keys = self.access_keys.keys().copied();
        let login_profiles = self.login_profiles.keys().copied();
        let memberships = self.memberships.keys().copied();
        let policies = self.policies.keys().copied();
        let role_deletions = self.role_deletions.keys().cloned();
        let oidc_providers = self.oidc_providers.keys().cloned();
        let saml_providers = self.saml_providers.keys().cloned();
        single
            .into_iter()
            .flatten()
            .chain(access_keys.map(RecordKey::AccessKey))
            .chain(login_profiles.map(RecordKey::LoginProfile))
            .chain(memberships.map(RecordKey::Memberships))
            .chain(policies.map(RecordKey::Policies))
            .chain(role_deletions.map(RecordKey::RoleDeletion))
            .chain(oidc_providers.map(RecordKey::OidcProvider))
            .chain(saml_providers.map(RecordKey::SamlProvider))
            .chain(self.instance_profiles.ids().map(RecordKey::InstanceProfile))
            .chain(self.managed_policies.ids().map(RecordKey::ManagedPolicy))
            .chain(self.roles.ids().map(RecordKey::Role))
            .chain(self.groups.ids().map(RecordKey::Group))
            .chain(self.users.ids().map(RecordKey::User))
    }

    /// Applies one change. This is total: whatever the change, the account that comes out is whole.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => self.put(record.clone()),
            Change::Delete(key) => self.delete(key),
        }
    }

    /// Takes a record in, as [`Account::apply`] of a `Put` does.
    pub fn put(&mut self, record: Record) {
        match record {
            Record::Settings(settings) => self.settings = Some(Arc::new(settings)),
            Record::RootUser(root) => self.root_user = Some(Arc::new(root)),
            Record::Alias(alias) => self.alias = Some(alias),
            Record::PasswordPolicy(policy) => self.password_policy = Some(Arc::new(policy)),
            Record::User(user) => self.put_user(user),
            Record::Group(group) => {
                self.groups.insert(group);
            }
            Record::Role(role) => self.put_role(role),
            Record::ManagedPolicy(policy) => self.put_managed_policy(policy),
            Record::InstanceProfile(profile) => self.put_instance_profile(profile),
            Record::LoginProfile(profile) => {
                self.login_profiles.insert(profile.user, Arc::new(profile));
            }
            Record::AccessKey(key) => self.put_access_key(key),
            Record::Memberships(memberships) => self.put_memberships(memberships),
            Record::Policies(policies) => self.put_policies(policies),
            Record::RoleDeletion(deletion) => {
                let task = deletion.task.clone();
                self.role_deletions.insert(task, Arc::new(deletion));
            }
            Record::OidcProvider(provider) => {
                let url = provider.url.clone();
                self.oidc_providers.insert(url, Arc::new(provider));
            }
            Record::SamlProvider(provider) => {
                let name = provider.name.clone();
                self.saml_providers.insert(name, Arc::new(provider));
            }
            Record::OutboundFederation(federation) => {
                self.outbound_federation = Some(Arc::new(federation));
            }
        }
    }

    fn put_user(&mut self, user: User) {
        let (id, name) = (user.id, user.name.folded());
        let before = self.users.insert(user);
        let name_before = before.map(|before| before.name.folded());
        if name_before.as_ref() == Some(&name) {
            return;
        }
        // Where an account is loaded, the memberships may come before the user.
        let groups: Vec<GroupId> = self.groups_of(id).collect();
        for group in groups {
            if let Some(before) = &name_before {
                self.members.remove(&(group, before.clone()));
            }
            self.members.insert((group, name.clone()));
        }
    }

    fn put_role(&mut self, mut role: Role) {
        if let Some(before) = self.roles.get(role.id) {
            role.trust_policy.share_document_with(&before.trust_policy);
        }
        self.roles.insert(role);
    }

    fn put_managed_policy(&mut self, mut policy: ManagedPolicy) {
        if let Some(before) = self.managed_policies.get(policy.id) {
            policy.share_documents_with(before);
        }
        self.managed_policies.insert(policy);
        self.stamp = Stamp::new();
    }

    fn put_instance_profile(&mut self, profile: InstanceProfile) {
        let (name, role) = (profile.name.folded(), profile.role);
        let before = self.instance_profiles.insert(profile);
        if let Some(before) = before
            && let Some(role) = before.role
        {
            self.profiles_of_roles.remove(&(role, before.name.folded()));
        }
        if let Some(role) = role {
            self.profiles_of_roles.insert((role, name));
        }
    }

    fn put_access_key(&mut self, key: AccessKey) {
        self.delete(&RecordKey::AccessKey(key.id));
        self.access_keys_by_owner.insert((key.owner, key.id));
        self.access_keys.insert(key.id, Arc::new(key));
    }

    fn put_memberships(&mut self, memberships: Memberships) {
        let user = memberships.user;
        self.delete(&RecordKey::Memberships(user));
        if let Some(name) = self.users.get(user).map(|user| user.name.folded()) {
            for group in &memberships.groups {
                self.members.insert((*group, name.clone()));
            }
        }
        self.memberships.insert(user, Arc::new(memberships));
        self.keep_slot(PrincipalId::User(user));
    }

    fn put_policies(&mut self, mut policies: EntityPolicies) {
        let entity = policies.entity;
        let before = self.policies.get(&entity).cloned();
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
        self.policies.insert(entity, Arc::new(policies));
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
            PrincipalId::User(user) => self.memberships.contains_key(&user),
            PrincipalId::Role(_) => false,
        };
        if !is_in_groups && !self.policies.contains_key(&PolicyEntity::from(of)) {
            self.slots.remove(&of);
        }
        self.stamp = Stamp::new();
    }

    fn delete(&mut self, key: &RecordKey) {
        match key {
            RecordKey::Settings => self.settings = None,
            RecordKey::RootUser => self.root_user = None,
            RecordKey::Alias => self.alias = None,
            RecordKey::PasswordPolicy => self.password_policy = None,
            RecordKey::User(id) => self.delete_user(*id),
            RecordKey::Group(id) => {
                self.groups.remove(*id);
            }
            RecordKey::Role(id) => {
                self.roles.remove(*id);
            }
            RecordKey::ManagedPolicy(id) => {
                self.managed_policies.remove(*id);
                self.stamp = Stamp::new();
            }
            RecordKey::InstanceProfile(id) => {
                let before = self.instance_profiles.remove(*id);
                if let Some(before) = before
                    && let Some(role) = before.role
                {
                    self.profiles_of_roles.remove(&(role, before.name.folded()));
                }
            }
            RecordKey::LoginProfile(user) => {
                self.login_profiles.remove(user);
            }
            RecordKey::AccessKey(id) => {
                if let Some(key) = self.access_keys.remove(id) {
                    self.access_keys_by_owner.remove(&(key.owner, *id));
                }
            }
            RecordKey::Memberships(user) => self.delete_memberships(*user),
            RecordKey::Policies(entity) => self.delete_policies(*entity),
            RecordKey::RoleDeletion(task) => {
                self.role_deletions.remove(task);
            }
            RecordKey::OidcProvider(url) => {
                self.oidc_providers.remove(url);
            }
            RecordKey::SamlProvider(name) => {
                self.saml_providers.remove(name);
            }
            RecordKey::OutboundFederation => self.outbound_federation = None,
        }
    }

    fn delete_user(&mut self, id: UserId) {
        let groups: Vec<GroupId> = self.groups_of(id).collect();
        if let Some(user) = self.users.remove(id) {
            for group in groups {
                self.members.remove(&(group, user.name.folded()));
            }
        }
    }

    fn delete_memberships(&mut self, user: UserId) {
        let Some(before) = self.memberships.remove(&user) else {
            return;
        };
        if let Some(name) = self.users.get(user).map(|user| user.name.folded()) {
            for group in &before.groups {
                self.members.remove(&(*group, name.clone()));
            }
        }
        self.drop_idle_slot(PrincipalId::User(user));
    }

    fn delete_policies(&mut self, entity: PolicyEntity) {
        let Some(before) = self.policies.remove(&entity) else {
            return;
        };
        self.drop_references(&before);
        match entity {
            PolicyEntity::User(user) => self.drop_idle_slot(PrincipalId::User(user)),
            PolicyEntity::Role(role) => self.drop_idle_slot(PrincipalId::Role(role)),
            PolicyEntity::Group(_) => self.stamp = Stamp::new(),
        }
    }
}
