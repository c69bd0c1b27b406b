//! The account as one immutable value.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use keyward_credentials::{PasswordOwner, PasswordPolicy};
use keyward_names::{AccessKeyId, AccountAlias, AccountId, FoldedName, Path, UserId};
use keyward_policy::PolicySet;

use crate::policies::HeldPolicies;
use crate::{
    AccessKey, Change, KeyOwner, LoginProfile, Record, RecordKey, RootUser, Settings,
    UnreadablePolicy, User, UserPolicies,
};

/// All that IAM knows of one account, as it stood at one version. To clone it is cheap: the maps
/// share their structure, so a change costs the same in a large account as in a small one.
#[derive(Debug, Clone)]
// INVARIANT: the indexes (`users_by_name`, `access_keys_by_owner`) say the same as the maps they
// index; upheld by `apply`, which alone writes them.
pub struct Account {
    id: AccountId,
    version: u64,
    settings: Option<Arc<Settings>>,
    root_user: Option<Arc<RootUser>>,
    alias: Option<AccountAlias>,
    password_policy: Option<Arc<PasswordPolicy>>,
    pub(crate) users: OrdMap<UserId, Arc<User>>,
    pub(crate) users_by_name: OrdMap<FoldedName, Named>,
    pub(crate) login_profiles: OrdMap<UserId, Arc<LoginProfile>>,
    pub(crate) access_keys: OrdMap<AccessKeyId, Arc<AccessKey>>,
    pub(crate) access_keys_by_owner: OrdSet<(KeyOwner, AccessKeyId)>,
    pub(crate) user_policies: OrdMap<UserId, Arc<HeldPolicies>>,
}

/// What the index of names says of a user. It has the path too, so that a list under a path need
/// not look at every user on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    pub(crate) path: Path,
    pub(crate) user: Arc<User>,
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
            users: OrdMap::new(),
            users_by_name: OrdMap::new(),
            login_profiles: OrdMap::new(),
            access_keys: OrdMap::new(),
            access_keys_by_owner: OrdSet::new(),
            user_policies: OrdMap::new(),
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

    /// The account as such. Absent only before the account's first record was applied.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.settings.as_deref()
    }

    /// The root user.
    #[must_use]
    pub fn root_user(&self) -> Option<&RootUser> {
        self.root_user.as_deref()
    }

    /// The account's alias.
    #[must_use]
    pub fn alias(&self) -> Option<&AccountAlias> {
        self.alias.as_ref()
    }

    /// The account's own password policy; where it has none, the default policy holds.
    #[must_use]
    pub fn password_policy(&self) -> Option<&PasswordPolicy> {
        self.password_policy.as_deref()
    }

    /// Whom the account's passwords are compared with by the default password policy.
    #[must_use]
    pub fn password_owner(&self) -> PasswordOwner<'_> {
        PasswordOwner {
            account_name: self.settings().map_or("", |settings| &settings.name),
            root_email: self.root_user().map_or("", |root| &root.email),
        }
    }

    /// The user with this name, in any case.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users_by_name
            .get(&FoldedName::fold(name))
            .map(|named| &*named.user)
    }

    /// The user with this id.
    #[must_use]
    pub fn user_by_id(&self, id: UserId) -> Option<&User> {
        self.users.get(&id).map(|user| &**user)
    }

    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.users.len()
    }

    /// The users in the order of their names, beginning after one of them, with name and path. To
    /// come by is cheap until one looks at the user itself.
    pub fn users_after(
        &self,
        after: Option<&FoldedName>,
    ) -> impl Iterator<Item = (&FoldedName, &Path, &User)> {
        let from = after.cloned().map_or(Bound::Unbounded, Bound::Excluded);
        self.users_by_name
            .range((from, Bound::Unbounded))
            .map(|(name, named)| (name, &named.path, &*named.user))
    }

    /// A user's login profile.
    #[must_use]
    pub fn login_profile(&self, user: UserId) -> Option<&LoginProfile> {
        self.login_profiles.get(&user).map(|profile| &**profile)
    }

    /// The access key with this id.
    #[must_use]
    pub fn access_key(&self, id: AccessKeyId) -> Option<&AccessKey> {
        self.access_keys.get(&id).map(|key| &**key)
    }

    /// The access keys of one owner, in the order of their ids.
    pub fn access_keys_of(&self, owner: KeyOwner) -> impl Iterator<Item = &AccessKey> {
        self.access_keys_by_owner
            .range((owner, AccessKeyId::LOWEST)..)
            .take_while(move |(of, _)| *of == owner)
            .filter_map(|(_, id)| self.access_key(*id))
    }

    /// A user's inline policies, if it has any.
    #[must_use]
    pub fn user_policies(&self, user: UserId) -> Option<&UserPolicies> {
        self.user_policies.get(&user).map(|held| &held.record)
    }

    /// All policies that say what a user may do, made ready to be judged by; `None` if there are none.
    pub fn identity_policies(&self, user: UserId) -> Result<Option<&PolicySet>, UnreadablePolicy> {
        self.user_policies
            .get(&user)
            .map(|held| held.set())
            .transpose()
    }

    /// How many records the account consists of.
    #[must_use]
    pub fn record_count(&self) -> usize {
        const SINGLE: usize = 4;
        SINGLE
            + self.users.len()
            + self.login_profiles.len()
            + self.access_keys.len()
            + self.user_policies.len()
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
        ];
        single
            .into_iter()
            .flatten()
            .chain(self.access_keys.keys().copied().map(RecordKey::AccessKey))
            .chain(
                self.login_profiles
                    .keys()
                    .copied()
                    .map(RecordKey::LoginProfile),
            )
            .chain(
                self.user_policies
                    .keys()
                    .copied()
                    .map(RecordKey::UserPolicies),
            )
            .chain(self.users.keys().copied().map(RecordKey::User))
    }

    /// Applies one change. This is total: whatever the change, the account that comes out is whole.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Put(record) => self.put(record.clone()),
            Change::Delete(key) => self.delete(*key),
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
            Record::LoginProfile(profile) => {
                self.login_profiles.insert(profile.user, Arc::new(profile));
            }
            Record::AccessKey(key) => {
                self.delete(RecordKey::AccessKey(key.id));
                self.access_keys_by_owner.insert((key.owner, key.id));
                self.access_keys.insert(key.id, Arc::new(key));
            }
            Record::UserPolicies(policies) => {
                let user = policies.user;
                let before = self.user_policies.get(&user).map(|before| &**before);
                let held = HeldPolicies::new(policies, before);
                self.user_policies.insert(user, Arc::new(held));
            }
        }
    }

    fn put_user(&mut self, user: User) {
        let name = user.name.folded();
        let user = Arc::new(user);
        if let Some(before) = self.users.insert(user.id, Arc::clone(&user)) {
            let name_before = before.name.folded();
            if name_before != name {
                self.users_by_name.remove(&name_before);
            }
        }
        self.users_by_name.insert(
            name,
            Named {
                path: user.path.clone(),
                user,
            },
        );
    }

    fn delete(&mut self, key: RecordKey) {
        match key {
            RecordKey::Settings => self.settings = None,
            RecordKey::RootUser => self.root_user = None,
            RecordKey::Alias => self.alias = None,
            RecordKey::PasswordPolicy => self.password_policy = None,
            RecordKey::User(id) => {
                if let Some(user) = self.users.remove(&id) {
                    self.users_by_name.remove(&user.name.folded());
                }
            }
            RecordKey::LoginProfile(user) => {
                self.login_profiles.remove(&user);
            }
            RecordKey::AccessKey(id) => {
                if let Some(key) = self.access_keys.remove(&id) {
                    self.access_keys_by_owner.remove(&(key.owner, id));
                }
            }
            RecordKey::UserPolicies(user) => {
                self.user_policies.remove(&user);
            }
        }
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
            && self.users_by_name == other.users_by_name
            && self.login_profiles == other.login_profiles
            && self.access_keys == other.access_keys
            && self.access_keys_by_owner == other.access_keys_by_owner
            && self.user_policies == other.user_policies
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_names::{Timestamp, UserName};

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
                .users_after(after.as_ref())
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
