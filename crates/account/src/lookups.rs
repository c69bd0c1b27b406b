//! Looking up the entities of an account.

use keyward_credentials::{PasswordOwner, PasswordPolicy};
use keyward_names::{AccessKeyId, AccountAlias, FoldedName, GroupId, PolicyId, RoleId, UserId};

use crate::{
    AccessKey, Account, Directory, EntityPolicies, Group, InstanceProfile, KeyOwner, LoginProfile,
    ManagedPolicy, OidcProvider, OutboundFederation, PolicyEntity, PolicyUse, PolicyUses,
    ProviderKind, Role, RoleDeletion, RootUser, SamlProvider, Settings, User,
};

impl Account {
    /// The account's settings. Absent only before the account's first record was applied.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.entities.settings.as_deref()
    }

    /// The root user.
    #[must_use]
    pub fn root_user(&self) -> Option<&RootUser> {
        self.entities.root_user.as_deref()
    }

    /// The account's alias.
    #[must_use]
    pub fn alias(&self) -> Option<&AccountAlias> {
        self.entities.alias.as_deref()
    }

    /// The account's own password policy. Without one the default policy applies.
    #[must_use]
    pub fn password_policy(&self) -> Option<&PasswordPolicy> {
        self.entities.password_policy.as_deref()
    }

    /// What the default password policy compares the account's passwords with.
    #[must_use]
    pub fn password_owner(&self) -> PasswordOwner<'_> {
        PasswordOwner {
            account_name: self.settings().map_or("", |settings| &settings.name),
            root_email: self.root_user().map_or("", |root| &root.email),
        }
    }

    /// The users.
    #[must_use]
    pub fn users(&self) -> &Directory<User> {
        &self.entities.users
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &Directory<Group> {
        &self.entities.groups
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &Directory<Role> {
        &self.entities.roles
    }

    /// The managed policies of the account's own.
    #[must_use]
    pub fn managed_policies(&self) -> &Directory<ManagedPolicy> {
        &self.entities.managed_policies
    }

    /// The instance profiles.
    #[must_use]
    pub fn instance_profiles(&self) -> &Directory<InstanceProfile> {
        &self.entities.instance_profiles
    }

    /// The user with this name, in any case: short for `users().find(..)`.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.entities.users.find(name)
    }

    /// The user with this id: short for `users().get(..)`.
    #[must_use]
    pub fn user_by_id(&self, id: UserId) -> Option<&User> {
        self.entities.users.get(id)
    }

    /// A user's login profile.
    #[must_use]
    pub fn login_profile(&self, user: UserId) -> Option<&LoginProfile> {
        self.entities
            .login_profiles
            .get(&user)
            .map(|profile| &**profile)
    }

    /// The access key with this id.
    #[must_use]
    pub fn access_key(&self, id: AccessKeyId) -> Option<&AccessKey> {
        self.entities.access_keys.get(&id).map(|key| &**key)
    }

    /// The access keys of one owner, in the order of their ids.
    pub fn access_keys_of(&self, owner: KeyOwner) -> impl Iterator<Item = &AccessKey> {
        self.access_keys_by_owner
            .range((owner, AccessKeyId::LOWEST)..)
            .take_while(move |(of, _)| *of == owner)
            .filter_map(|(_, id)| self.access_key(*id))
    }

    /// The groups that a user is in, in the order of their ids.
    pub fn groups_of(&self, user: UserId) -> impl Iterator<Item = GroupId> {
        let memberships = self.entities.memberships.get(&user);
        let groups = memberships.map_or(&[][..], |memberships| &memberships.groups);
        groups.iter().copied()
    }

    /// Whether a group has users.
    #[must_use]
    pub fn has_members(&self, group: GroupId) -> bool {
        self.members_of(group, None).next().is_some()
    }

    /// The users of a group, in the order of their names, beginning after the name `after`.
    pub fn members_of<'a>(
        &'a self,
        group: GroupId,
        after: Option<&FoldedName>,
    ) -> impl Iterator<Item = (&'a FoldedName, &'a User)> + use<'a> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match after {
            Some(after) => Excluded((group, after.clone())),
            None => Included((group, FoldedName::fold(""))),
        };
        self.members
            .range((from, Unbounded))
            .take_while(move |(of, _)| *of == group)
            .filter_map(|(_, name)| Some((name, self.entities.users.find_folded(name)?)))
    }

    /// The instance profiles that pass a role, in the order of their names, beginning after the
    /// name `after`.
    pub fn profiles_of<'a>(
        &'a self,
        role: RoleId,
        after: Option<&FoldedName>,
    ) -> impl Iterator<Item = (&'a FoldedName, &'a InstanceProfile)> + use<'a> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match after {
            Some(after) => Excluded((role, after.clone())),
            None => Included((role, FoldedName::fold(""))),
        };
        self.profiles_of_roles
            .range((from, Unbounded))
            .take_while(move |(of, _)| *of == role)
            .filter_map(|(_, name)| {
                Some((name, self.entities.instance_profiles.find_folded(name)?))
            })
    }

    /// The policies of a user, group or role, if it has any.
    #[must_use]
    pub fn policies(&self, of: PolicyEntity) -> Option<&EntityPolicies> {
        self.entities.policies.get(&of).map(|policies| &**policies)
    }

    /// How many entities use a managed policy.
    #[must_use]
    pub fn policy_uses(&self, policy: PolicyId) -> PolicyUses {
        self.policy_uses.get(&policy).copied().unwrap_or_default()
    }

    /// The managed policies that are in use, in the order of their ids, beginning after the id
    /// `after`.
    pub fn used_policies(
        &self,
        after: Option<PolicyId>,
    ) -> impl Iterator<Item = (PolicyId, PolicyUses)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let after = after.unwrap_or(PolicyId::LOWEST);
        self.policy_uses
            .range((Excluded(after), Unbounded))
            .map(|(id, uses)| (*id, *uses))
    }

    /// How many managed policies are in use.
    #[must_use]
    pub fn used_policy_count(&self) -> usize {
        self.policy_uses.len()
    }

    /// The entities that use a managed policy, and how: users, then roles, then groups, in the
    /// order of their ids, beginning after the one that is `after`.
    pub fn users_of_policy(
        &self,
        policy: PolicyId,
        after: Option<(PolicyEntity, PolicyUse)>,
    ) -> impl Iterator<Item = (PolicyEntity, PolicyUse)> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match after {
            Some((entity, how)) => Excluded((policy, entity, how)),
            None => Included((policy, PolicyEntity::FIRST, PolicyUse::Permissions)),
        };
        self.policy_users
            .range((from, Unbounded))
            .take_while(move |(of, _, _)| *of == policy)
            .map(|(_, entity, how)| (*entity, *how))
    }

    /// The record of a deleted service-linked role, by the id of its deletion task.
    #[must_use]
    pub fn role_deletion(&self, task: &str) -> Option<&RoleDeletion> {
        self.entities
            .role_deletions
            .get(task)
            .map(|deletion| &**deletion)
    }

    /// All records of deleted service-linked roles.
    pub fn role_deletions(&self) -> impl Iterator<Item = &RoleDeletion> {
        self.entities
            .role_deletions
            .values()
            .map(|deletion| &**deletion)
    }

    /// The OpenID Connect provider with this URL, in the form of [`OidcProvider::url`].
    #[must_use]
    pub fn oidc_provider(&self, url: &str) -> Option<&OidcProvider> {
        self.entities
            .oidc_providers
            .get(url)
            .map(|provider| &**provider)
    }

    /// The OpenID Connect provider that an ARN names, if it is of this account.
    #[must_use]
    pub fn oidc_provider_by_arn(&self, arn: &str) -> Option<&OidcProvider> {
        self.oidc_provider(ProviderKind::Oidc.name_in(self.id(), arn)?)
    }

    /// The OpenID Connect provider of an issuer: the `iss` of its tokens, compared exactly.
    #[must_use]
    pub fn oidc_provider_of_issuer(&self, issuer: &str) -> Option<&OidcProvider> {
        self.oidc_provider(&OidcProvider::url_of_issuer(issuer)?)
    }

    /// The OpenID Connect providers, in the order of their URLs.
    pub fn oidc_providers(&self) -> impl ExactSizeIterator<Item = &OidcProvider> {
        self.entities
            .oidc_providers
            .values()
            .map(|provider| &**provider)
    }

    /// The SAML provider with exactly this name.
    #[must_use]
    pub fn saml_provider(&self, name: &str) -> Option<&SamlProvider> {
        self.entities
            .saml_providers
            .get(name)
            .map(|provider| &**provider)
    }

    /// The SAML provider that an ARN names, if it is of this account. The crate `saml` reads its
    /// metadata.
    #[must_use]
    pub fn saml_provider_by_arn(&self, arn: &str) -> Option<&SamlProvider> {
        self.saml_provider(ProviderKind::Saml.name_in(self.id(), arn)?)
    }

    /// The SAML providers, in the order of their names.
    pub fn saml_providers(&self) -> impl ExactSizeIterator<Item = &SamlProvider> {
        self.entities
            .saml_providers
            .values()
            .map(|provider| &**provider)
    }

    /// The account as an issuer of tokens, if issuing was ever enabled.
    #[must_use]
    pub fn outbound_federation(&self) -> Option<&OutboundFederation> {
        self.entities.outbound_federation.as_deref()
    }
}
