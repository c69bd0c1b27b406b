//! What is always true of an account. Property tests check it after every change.

use keyward_credentials::PasswordPolicy;

use crate::account::TagKeys;
use crate::{
    Account, AssertionEncryption, KeyOwner, LoginProfile, OidcProvider, PolicyEntity, PolicyUse,
    PolicyUses, PrincipalId, SamlProvider,
};

/// How many tags one resource has at most.
const TAGS: usize = 50;

impl Account {
    /// The invariants that do not hold, one sentence each; always none.
    #[must_use]
    pub fn broken_invariants(&self) -> Vec<String> {
        let mut broken = self.entities.broken();
        self.check_tags(&mut broken);
        self.check_login_profiles(&mut broken);
        self.check_access_keys(&mut broken);
        self.check_memberships(&mut broken);
        self.check_instance_profiles(&mut broken);
        self.check_managed_policies(&mut broken);
        self.check_policies(&mut broken);
        self.check_policy_uses(&mut broken);
        self.check_slots(&mut broken);
        self.check_oidc_providers(&mut broken);
        self.check_saml_providers(&mut broken);
        if let Some(policy) = self.password_policy() {
            check_password_policy(policy, &mut broken);
        }
        broken
    }

    fn check_tags(&self, broken: &mut Vec<String>) {
        for (whose, tags, compared) in self.entities.tags() {
            let mut keys: Vec<String> = tags
                .iter()
                .map(|tag| match compared {
                    TagKeys::Folded => tag.key.to_lowercase(),
                    TagKeys::Exact => tag.key.to_string(),
                })
                .collect();
            keys.sort_unstable();
            if keys.len() > TAGS || !keys.is_sorted_by(|one, next| one < next) {
                broken.push(format!("{whose} has a tag twice or more than {TAGS} tags"));
            }
        }
    }

    fn check_login_profiles(&self, broken: &mut Vec<String>) {
        for (id, profile) in &self.entities.login_profiles {
            if self.entities.users.get(*id).is_none() {
                broken.push(format!("the login profile of {id} belongs to nobody"));
            }
            if profile.remembered().count() > LoginProfile::REMEMBERED {
                broken.push(format!(
                    "the login profile of {id} remembers too many passwords"
                ));
            }
            if profile.password_changed < profile.created {
                broken.push(format!(
                    "the password of {id} is older than its login profile"
                ));
            }
        }
    }

    fn check_access_keys(&self, broken: &mut Vec<String>) {
        if self.entities.access_keys.len() != self.access_keys_by_owner.len() {
            broken.push("the index of access keys does not fit".to_owned());
        }
        for (id, key) in &self.entities.access_keys {
            if !self.access_keys_by_owner.contains(&(key.owner, *id)) {
                broken.push(format!("access key {id} is not found by its owner"));
            }
            if id.embedded_account() != Some(self.id()) {
                broken.push(format!("access key {id} carries another account"));
            }
            match key.owner {
                KeyOwner::User(user) if self.entities.users.get(user).is_none() => {
                    broken.push(format!("access key {id} belongs to nobody"));
                }
                KeyOwner::User(_) | KeyOwner::Root => {}
            }
        }
    }

    fn check_memberships(&self, broken: &mut Vec<String>) {
        let mut count = 0;
        for (user, memberships) in &self.entities.memberships {
            let groups = &memberships.groups;
            count += groups.len();
            let name = self
                .entities
                .users
                .get(*user)
                .map(|user| user.name.folded());
            let is_good = name.is_some_and(|name| {
                groups.iter().all(|group| {
                    self.entities.groups.get(*group).is_some()
                        && self.members.contains(&(*group, name.clone()))
                })
            });
            if groups.is_empty() || !is_good {
                broken.push(format!("the memberships of {user} don't fit"));
            }
            if !groups.is_sorted_by(|one, next| one < next) {
                broken.push(format!("the groups of {user} are out of order"));
            }
        }
        if count != self.members.len() {
            broken.push("the index of members does not fit".to_owned());
        }
    }

    fn check_instance_profiles(&self, broken: &mut Vec<String>) {
        let mut count = 0;
        for profile in self.entities.instance_profiles.iter() {
            let Some(role) = profile.role else { continue };
            count += 1;
            let is_found = self
                .profiles_of_roles
                .contains(&(role, profile.name.folded()));
            if !is_found || self.entities.roles.get(role).is_none() {
                broken.push(format!(
                    "the role of instance profile {} is gone",
                    profile.id
                ));
            }
        }
        if count != self.profiles_of_roles.len() {
            broken.push("the index of instance profiles does not fit".to_owned());
        }
    }

    fn check_managed_policies(&self, broken: &mut Vec<String>) {
        for policy in self.entities.managed_policies.iter() {
            let numbers = || policy.versions.iter().map(|version| version.number);
            let is_good = policy.version(policy.default_version).is_some()
                && numbers().is_sorted_by(|one, next| one < next)
                && numbers().all(|number| (1..policy.next_version).contains(&number));
            if !is_good {
                broken.push(format!("the versions of {} don't fit", policy.id));
            }
        }
    }

    fn check_policies(&self, broken: &mut Vec<String>) {
        for (entity, policies) in &self.entities.policies {
            let exists = match entity {
                PolicyEntity::User(id) => self.entities.users.get(*id).is_some(),
                PolicyEntity::Group(id) => self.entities.groups.get(*id).is_some(),
                PolicyEntity::Role(id) => self.entities.roles.get(*id).is_some(),
            };
            if policies.is_none() || !exists {
                broken.push(format!(
                    "the policies of {entity} belong to nobody, or are none"
                ));
            }
            let inline = &policies.inline;
            let names: Vec<_> = inline.iter().map(|policy| policy.name.folded()).collect();
            if !names.is_sorted_by(|one, next| one < next) {
                broken.push(format!("the inline policies of {entity} are out of order"));
            }
            let mut attached = policies.attached.to_vec();
            attached.sort_unstable();
            if !attached.is_sorted_by(|one, next| one < next) {
                broken.push(format!("{entity} has a policy attached twice"));
            }
            let is_bounded_group =
                matches!(entity, PolicyEntity::Group(_)) && policies.boundary.is_some();
            if is_bounded_group {
                broken.push(format!("group {entity} has a boundary"));
            }
            // Policies of AWS are not in an account; the ids of this account's policies contain its
            // number.
            let own = |id: &keyward_names::PolicyId| id.embedded_account() == Some(self.id());
            let is_dangling = |(id, _): (_, PolicyUse)| {
                own(&id) && self.entities.managed_policies.get(id).is_none()
            };
            if policies.references().any(is_dangling) {
                broken.push(format!("{entity} refers to a policy that is gone"));
            }
        }
    }

    fn check_policy_uses(&self, broken: &mut Vec<String>) {
        let references: Vec<_> = self
            .entities
            .policies
            .values()
            .flat_map(|policies| {
                let entity = policies.entity;
                policies
                    .references()
                    .map(move |(id, how)| (id, entity, how))
            })
            .collect();
        let is_indexed = |reference| self.policy_users.contains(reference);
        if references.len() != self.policy_users.len() || !references.iter().all(is_indexed) {
            broken.push("the index of who uses policies does not fit".to_owned());
        }
        let mut counted = imbl::OrdMap::<_, PolicyUses>::new();
        for (id, _, how) in references {
            let uses = counted.entry(id).or_default();
            match how {
                PolicyUse::Permissions => uses.attached += 1,
                PolicyUse::Boundary => uses.boundary += 1,
            }
        }
        if counted != self.policy_uses {
            broken.push("how often policies are used is not what is counted".to_owned());
        }
    }

    fn check_slots(&self, broken: &mut Vec<String>) {
        let users = self
            .entities
            .memberships
            .keys()
            .copied()
            .map(PrincipalId::User);
        let owners = self
            .entities
            .policies
            .keys()
            .filter_map(|entity| match entity {
                PolicyEntity::User(id) => Some(PrincipalId::User(*id)),
                PolicyEntity::Role(id) => Some(PrincipalId::Role(*id)),
                PolicyEntity::Group(_) => None,
            });
        let expected: imbl::OrdSet<_> = users.chain(owners).collect();
        if !self.slots.keys().eq(expected.iter()) {
            broken.push("rights are kept of others than those who have policies".to_owned());
        }
    }

    fn check_oidc_providers(&self, broken: &mut Vec<String>) {
        for (url, provider) in &self.entities.oidc_providers {
            if url.is_empty() || url.contains("://") {
                broken.push(format!("OpenID Connect provider `{url}` is not at its URL"));
            }
            let mut clients: Vec<_> = provider.client_ids.iter().collect();
            clients.sort_unstable();
            if !clients.is_sorted_by(|one, next| one < next) {
                broken.push(format!("`{url}` has a client id twice"));
            }
            let is_lower = |thumbprint: &str| !thumbprint.bytes().any(|b| b.is_ascii_uppercase());
            let thumbprints = &provider.thumbprints;
            if thumbprints.len() > OidcProvider::THUMBPRINTS
                || !thumbprints.iter().all(|thumbprint| is_lower(thumbprint))
            {
                broken.push(format!("the thumbprints of `{url}` don't fit"));
            }
        }
    }

    fn check_saml_providers(&self, broken: &mut Vec<String>) {
        for (name, provider) in &self.entities.saml_providers {
            if provider.valid_until <= provider.created {
                broken.push(format!("SAML provider `{name}` does not fit"));
            }
            let keys = &provider.private_keys;
            let mut ids: Vec<_> = keys.iter().map(|key| key.id).collect();
            ids.sort_unstable();
            if keys.len() > SamlProvider::PRIVATE_KEYS || !ids.is_sorted_by(|one, next| one < next)
            {
                broken.push(format!("the private keys of `{name}` don't fit"));
            }
            if keys.is_empty() && provider.encryption == AssertionEncryption::Required {
                broken.push(format!("nothing opens what `{name}` must encrypt"));
            }
        }
    }
}

fn check_password_policy(policy: &PasswordPolicy, broken: &mut Vec<String>) {
    let in_range = (6..=128).contains(&policy.minimum_password_length)
        && policy
            .max_password_age
            .is_none_or(|days| (1..=1_095).contains(&days))
        && policy
            .password_reuse_prevention
            .is_none_or(|count| (1..=24).contains(&count));
    if !in_range {
        broken.push("the password policy is out of range".to_owned());
    }
}
