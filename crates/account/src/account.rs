//! The account as one immutable value.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use keyward_credentials::PasswordPolicy;
use keyward_names::{
    AccessKeyId, AccountAlias, AccountId, FoldedName, GroupId, PolicyId, RoleId, UserId,
};

use crate::prepared_rights::{Slot, Stamp};
use crate::{
    AccessKey, Directory, EntityPolicies, Group, InstanceProfile, KeyOwner, LoginProfile,
    ManagedPolicy, Memberships, OidcProvider, OutboundFederation, PolicyEntity, PolicyUse,
    PolicyUses, PrincipalId, Role, RoleDeletion, RootUser, SamlProvider, Settings, User,
};

/// All that IAM knows of one account, as it stood at one version. To clone it is cheap: the maps
/// share their structure, so a change costs the same in a large account as in a small one.
#[derive(Debug, Clone)]
// INVARIANT: the indexes (`access_keys_by_owner`, `members`, `profiles_of_roles`, `policy_users`,
// `policy_uses`, `slots`) say the same as the maps they index; upheld by `apply`, which alone writes
// them.
pub struct Account {
    id: AccountId,
    version: u64,
    pub(crate) settings: Option<Arc<Settings>>,
    pub(crate) root_user: Option<Arc<RootUser>>,
    pub(crate) alias: Option<AccountAlias>,
    pub(crate) password_policy: Option<Arc<PasswordPolicy>>,
    pub(crate) users: Directory<User>,
    pub(crate) groups: Directory<Group>,
    pub(crate) roles: Directory<Role>,
    pub(crate) managed_policies: Directory<ManagedPolicy>,
    pub(crate) instance_profiles: Directory<InstanceProfile>,
    pub(crate) login_profiles: OrdMap<UserId, Arc<LoginProfile>>,
    pub(crate) access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    pub(crate) memberships: OrdMap<UserId, Arc<Memberships>>,
    pub(crate) policies: OrdMap<PolicyEntity, Arc<EntityPolicies>>,
    pub(crate) role_deletions: OrdMap<Box<str>, Arc<RoleDeletion>>,
    /// By their URLs.
    pub(crate) oidc_providers: OrdMap<Box<str>, Arc<OidcProvider>>,
    /// By their names.
    pub(crate) saml_providers: OrdMap<Box<str>, Arc<SamlProvider>>,
    pub(crate) outbound_federation: Option<Arc<OutboundFederation>>,
    pub(crate) access_keys_by_owner: OrdSet<(KeyOwner, AccessKeyId)>,
    /// The members of each group by name.
    pub(crate) members: OrdSet<(GroupId, FoldedName)>,
    /// The instance profiles of each role by name.
    pub(crate) profiles_of_roles: OrdSet<(RoleId, FoldedName)>,
    /// Who uses each managed policy, and how.
    pub(crate) policy_users: OrdSet<(PolicyId, PolicyEntity, PolicyUse)>,
    /// How many use each managed policy; only those that somebody uses.
    pub(crate) policy_uses: OrdMap<PolicyId, PolicyUses>,
    /// Where rights are kept of those who have policies, of their own or by groups.
    pub(crate) slots: OrdMap<PrincipalId, Arc<Slot>>,
    pub(crate) stamp: Stamp,
}

impl Account {
    /// An account with nothing in it, at version 0.
    #[must_use]
    pub fn empty(id: AccountId) -> Self {
        Self {
            id,
            version: 0,
            settings: None,
            root_user: None,
            alias: None,
            password_policy: None,
            users: Directory::default(),
            groups: Directory::default(),
            roles: Directory::default(),
            managed_policies: Directory::default(),
            instance_profiles: Directory::default(),
            login_profiles: OrdMap::new(),
            access_keys: OrdMap::new(),
            memberships: OrdMap::new(),
            policies: OrdMap::new(),
            role_deletions: OrdMap::new(),
            oidc_providers: OrdMap::new(),
            saml_providers: OrdMap::new(),
            outbound_federation: None,
            access_keys_by_owner: OrdSet::new(),
            members: OrdSet::new(),
            profiles_of_roles: OrdSet::new(),
            policy_users: OrdSet::new(),
            policy_uses: OrdMap::new(),
            slots: OrdMap::new(),
            stamp: Stamp::new(),
        }
    }

    /// The account's id.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// How many commits led here.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Says which version the account stands at.
    pub fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// Two accounts are equal when they hold the same at the same version.
impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.version == other.version
            && self.settings == other.settings
            && self.root_user == other.root_user
            && self.alias == other.alias
            && self.password_policy == other.password_policy
            && self.users == other.users
            && self.groups == other.groups
            && self.roles == other.roles
            && self.managed_policies == other.managed_policies
            && self.instance_profiles == other.instance_profiles
            && self.login_profiles == other.login_profiles
            && self.access_keys == other.access_keys
            && self.memberships == other.memberships
            && self.policies == other.policies
            && self.role_deletions == other.role_deletions
            && self.oidc_providers == other.oidc_providers
            && self.saml_providers == other.saml_providers
            && self.outbound_federation == other.outbound_federation
            && self.access_keys_by_owner == other.access_keys_by_owner
            && self.members == other.members
            && self.profiles_of_roles == other.profiles_of_roles
            && self.policy_users == other.policy_users
            && self.policy_uses == other.policy_uses
            && self.slots.keys().eq(other.slots.keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;
    use keyward_names::{Path, Timestamp, UserName};

    fn account() -> Account {
        Account::empty(AccountId::parse("123456789012").unwrap())
    }

    fn user(account: &Account, number: u64, name: &str) -> User {
        User {
            id: UserId::mint(account.id(), number),
            name: UserName::parse(name).unwrap(),
            path: Path::default(),
            created: Timestamp::from_unix_seconds(0),
            tags: Box::default(),
        }
    }

    #[test]
    fn users_are_found_and_listed_without_regard_to_case() {
        let mut account = account();
        for (number, name) in [(1, "bob"), (2, "Alice"), (3, "Carol")] {
            account.put(Record::User(user(&account, number, name)));
        }
        assert_eq!(account.user("ALICE").unwrap().name.as_str(), "Alice");
        let names = |after: Option<&str>| -> Vec<String> {
            let after = after.map(FoldedName::fold);
            account
                .users()
                .after(after.as_ref())
                .map(|(_, _, user)| user.name.to_string())
                .collect()
        };
        assert_eq!(names(None), ["Alice", "bob", "Carol"]);
        assert_eq!(names(Some("ALICE")), ["bob", "Carol"]);
        assert_eq!(names(Some("b")), ["bob", "Carol"]);
    }

    #[test]
    fn a_renamed_user_leaves_the_old_name_free() {
        let mut account = account();
        account.put(Record::User(user(&account, 1, "bob")));
        account.put(Record::User(user(&account, 1, "rob")));
        assert!(account.user("bob").is_none());
        assert_eq!(
            account.user("Rob").unwrap().id,
            UserId::mint(account.id(), 1)
        );
        assert_eq!(account.broken_invariants(), Vec::<String>::new());
    }

    #[test]
    fn a_snapshot_does_not_see_later_changes() {
        let mut account = account();
        let before = account.clone();
        account.put(Record::User(user(&account, 1, "bob")));
        assert!(before.user("bob").is_none());
        assert!(account.user("bob").is_some());
    }
}
