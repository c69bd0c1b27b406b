//! When access keys, roles and passwords were last used.
//!
//! A use is noted in memory while a request is served. The last use of each key, role and password
//! is written to the store every few seconds, so no request waits for it. This node sees its own
//! notes at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_authorization::Principal;
use keyward_names::{AccessKeyId, AccountId, Age, RoleId, Timestamp, UserId};
use keyward_store::{Store, StoreError, Use};
use serde::{Deserialize, Serialize};

/// A key's use is recorded at most this often.
const ACCESS_KEY_RECORDED_EVERY: Age = Age::seconds(15 * 60);
/// A role's use is recorded at most this often (unsure).
const ROLE_RECORDED_EVERY: Age = Age::seconds(15 * 60);
/// Within so long after a recorded use of a password, no other is recorded.
const PASSWORD_RECORDED_EVERY: Age = Age::seconds(5 * 60);
/// How many uses of each sort are kept in memory before those already written are dropped.
const REMEMBERED_BOUND: usize = 100_000;

/// The last use of an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyUse {
    /// The time.
    pub at: Timestamp,
    /// The service: `iam`, `sts`.
    pub service: String,
    /// The region, as the signature says.
    pub region: String,
}

/// The last use of a role: the last request of a session of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleUse {
    /// The time.
    pub at: Timestamp,
    /// The region, as the signature says.
    pub region: String,
}

/// The uses that this node has noted.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    notes: Mutex<Notes>,
    /// Whether the store failed when it was last asked for the uses of passwords or roles.
    store_failed: AtomicBool,
}

#[derive(Debug, Default)]
struct Notes {
    access_keys: NotesOf<AccessKeyId, UsedWith>,
    roles: NotesOf<RoleId, UsedIn>,
    passwords: NotesOf<PasswordHolder, ()>,
}

/// The uses of one sort of thing.
#[derive(Debug)]
struct NotesOf<K, D> {
    recent: HashMap<K, Noted<D>>,
    unwritten: HashMap<K, AccountId>,
}

#[derive(Debug)]
struct Noted<D> {
    at: Timestamp,
    detail: D,
}

/// What the store keeps of a key's use beside its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UsedWith {
    service: String,
    region: String,
}

/// What the store keeps of a role's use beside its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UsedIn {
    region: String,
}

/// Whose password it is. A user's id is unique in the installation, so it needs no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum PasswordHolder {
    Root(AccountId),
    User(UserId),
}

impl Uses {
    /// Notes that a key signed a request.
    pub(crate) fn note_access_key(
        &self,
        account: AccountId,
        key: AccessKeyId,
        service: &str,
        region: &str,
        now: Timestamp,
    ) {
        let mut notes = self.lock();
        let keys = &mut notes.access_keys;
        let last = keys.last(&key);
        if is_recorded(last, now, ACCESS_KEY_RECORDED_EVERY) {
            let (service, region) = (service.to_owned(), region.to_owned());
            keys.note(account, key, now, UsedWith { service, region });
        }
    }

    /// The last use of a key: the later one of this node's notes and the store.
    pub(crate) async fn of_access_key(
        &self,
        store: &dyn Store,
        account: AccountId,
        key: AccessKeyId,
    ) -> Result<Option<AccessKeyUse>, StoreError> {
        let noted = {
            let notes = self.lock();
            notes.access_keys.recent.get(&key).map(shown)
        };
        let stored = store
            .uses(account, &[key_subject(key)])
            .await?
            .into_iter()
            .next();
        let stored = stored.map(read_use).transpose()?;
        Ok(match (noted, stored) {
            (Some(noted), Some(stored)) if stored.at > noted.at => Some(stored),
            (noted, stored) => noted.or(stored),
        })
    }

    /// Notes that a session of a role signed a request.
    pub(crate) fn note_role(&self, account: AccountId, role: RoleId, region: &str, now: Timestamp) {
        let mut notes = self.lock();
        let roles = &mut notes.roles;
        if is_recorded(roles.last(&role), now, ROLE_RECORDED_EVERY) {
            let region = region.to_owned();
            roles.note(account, role, now, UsedIn { region });
        }
    }

    /// When sessions of several roles of an account were last used, in the order of `roles`: the
    /// later of this node's notes and the store. If the store fails, this node's notes alone.
    pub(crate) async fn of_roles(
        &self,
        store: &dyn Store,
        account: AccountId,
        roles: &[RoleId],
    ) -> Vec<Option<RoleUse>> {
        let subjects: Vec<String> = roles.iter().copied().map(role_subject).collect();
        let stored = store.uses(account, &subjects).await;
        let mut stored = self.heard(stored).into_iter().peekable();
        let notes = self.lock();
        let uses = roles.iter().zip(&subjects).map(|(role, subject)| {
            // The store answers in the order asked for, and leaves out what was never used.
            let stored = stored.next_if(|stored| stored.subject == *subject);
            let stored = stored.map(|stored| RoleUse {
                at: stored.at,
                region: serde_json::from_str(&stored.detail)
                    .map_or_else(|_| String::new(), |UsedIn { region }| region),
            });
            let noted = notes.roles.recent.get(role).map(|noted| RoleUse {
                at: noted.at,
                region: noted.detail.region.clone(),
            });
            match (noted, stored) {
                (Some(noted), Some(stored)) if stored.at > noted.at => Some(stored),
                (noted, stored) => noted.or(stored),
            }
        });
        uses.collect()
    }

    /// Notes that someone signed in with a password, unless another such use was recorded within
    /// the last five minutes. Returns the use that was recorded before.
    pub(crate) async fn note_password(
        &self,
        store: &dyn Store,
        account: AccountId,
        principal: Principal,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let before = self.of_password(store, account, principal).await;
        let holder = PasswordHolder::of(account, principal);
        let mut notes = self.lock();
        // Another sign-in may have been noted meanwhile.
        let last = before.max(notes.passwords.last(&holder));
        if is_recorded(last, now, PASSWORD_RECORDED_EVERY) {
            notes.passwords.note(account, holder, now, ());
        }
        before
    }

    /// When someone last signed in with a password, as [`Uses::of_passwords`] finds it.
    pub(crate) async fn of_password(
        &self,
        store: &dyn Store,
        account: AccountId,
        principal: Principal,
    ) -> Option<Timestamp> {
        let uses = self.of_passwords(store, account, &[principal]).await;
        uses.into_iter().next().flatten()
    }

    /// When each of several principals of an account last signed in with a password, in the order
    /// of `principals`: the later of this node's notes and the store. If the store fails, this
    /// node's notes alone, so that users can still be read.
    pub(crate) async fn of_passwords(
        &self,
        store: &dyn Store,
        account: AccountId,
        principals: &[Principal],
    ) -> Vec<Option<Timestamp>> {
        let holders = principals
            .iter()
            .map(|principal| PasswordHolder::of(account, *principal));
        let holders: Vec<PasswordHolder> = holders.collect();
        let subjects: Vec<String> = holders.iter().map(PasswordHolder::subject).collect();
        let stored = store.uses(account, &subjects).await;
        let mut stored = self.heard(stored).into_iter().peekable();
        let notes = self.lock();
        let uses = holders.iter().zip(&subjects).map(|(holder, subject)| {
            // The store answers in the order asked for, and leaves out what was never used.
            let stored = stored.next_if(|stored| stored.subject == *subject);
            stored
                .map(|stored| stored.at)
                .max(notes.passwords.last(holder))
        });
        uses.collect()
    }

    /// The uses from the store; none if it failed. The first failure is logged, then no other until
    /// it works again.
    fn heard(&self, answer: Result<Vec<Use>, StoreError>) -> Vec<Use> {
        let failed = answer.is_err();
        let failed_before = self.store_failed.swap(failed, Ordering::Relaxed);
        answer.unwrap_or_else(|error| {
            if !failed_before {
                tracing::warn!(%error, "the store can't say when passwords and roles were last used: users and roles are shown without");
            }
            Vec::new()
        })
    }

    /// Writes what is not written yet. What can't be written now is kept for the next try.
    pub(crate) async fn write(&self, store: &dyn Store) -> Result<(), StoreError> {
        let (batch, keys, roles, passwords) = {
            let mut notes = self.lock();
            let keys = std::mem::take(&mut notes.access_keys.unwritten);
            let roles = std::mem::take(&mut notes.roles.unwritten);
            let passwords = std::mem::take(&mut notes.passwords.unwritten);
            let uses = notes.access_keys.uses(&keys, |key, used_with| {
                let detail = serde_json::to_string(used_with).unwrap_or_default();
                (key_subject(*key), detail)
            });
            let mut batch: Vec<Use> = uses.collect();
            let uses = notes.roles.uses(&roles, |role, used_in| {
                let detail = serde_json::to_string(used_in).unwrap_or_default();
                (role_subject(*role), detail)
            });
            batch.extend(uses);
            let uses = notes
                .passwords
                .uses(&passwords, |holder, ()| (holder.subject(), "{}".to_owned()));
            batch.extend(uses);
            (batch, keys, roles, passwords)
        };
        if batch.is_empty() {
            return Ok(());
        }
        let written = store.note_use(batch).await;
        if written.is_err() {
            let mut notes = self.lock();
            notes.access_keys.unwritten.extend(keys);
            notes.roles.unwritten.extend(roles);
            notes.passwords.unwritten.extend(passwords);
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, D> NotesOf<K, D> {
    /// When something was last used, as noted here.
    fn last(&self, key: &K) -> Option<Timestamp> {
        self.recent.get(key).map(|last| last.at)
    }

    fn note(&mut self, account: AccountId, key: K, at: Timestamp, detail: D)
    where
        K: Copy,
    {
        if self.recent.len() >= REMEMBERED_BOUND {
            let Self { recent, unwritten } = self;
            recent.retain(|key, _| unwritten.contains_key(key));
        }
        self.recent.insert(key, Noted { at, detail });
        self.unwritten.insert(key, account);
    }

    /// The last uses of some things, in the store's form.
    fn uses(
        &self,
        keys: &HashMap<K, AccountId>,
        describe: impl Fn(&K, &D) -> (String, String),
    ) -> impl Iterator<Item = Use> {
        keys.iter().filter_map(move |(key, account)| {
            let last = self.recent.get(key)?;
            let (subject, detail) = describe(key, &last.detail);
            Some(Use {
                account: *account,
                subject,
                at: last.at,
                detail,
            })
        })
    }
}

impl<K, D> Default for NotesOf<K, D> {
    fn default() -> Self {
        Self {
            recent: HashMap::new(),
            unwritten: HashMap::new(),
        }
    }
}

/// Whether a use is recorded, given the last one recorded. It is if the clock was put back since.
fn is_recorded(last: Option<Timestamp>, now: Timestamp, every: Age) -> bool {
    last.is_none_or(|last| now.since(last) >= every || now < last)
}

impl PasswordHolder {
    fn of(account: AccountId, principal: Principal) -> Self {
        match principal {
            Principal::Root => Self::Root(account),
            Principal::User(user) => Self::User(user),
        }
    }

    /// The name of the password in the store, unique within its account.
    fn subject(&self) -> String {
        match self {
            Self::Root(_) => "password/root".to_owned(),
            Self::User(user) => format!("password/{}", user.as_str()),
        }
    }
}

fn key_subject(key: AccessKeyId) -> String {
    format!("access_key/{key}")
}

fn role_subject(role: RoleId) -> String {
    format!("role/{role}")
}

fn shown(noted: &Noted<UsedWith>) -> AccessKeyUse {
    let UsedWith { service, region } = noted.detail.clone();
    AccessKeyUse {
        at: noted.at,
        service,
        region,
    }
}

fn read_use(stored: Use) -> Result<AccessKeyUse, StoreError> {
    let detail = serde_json::from_str(&stored.detail).map_err(|_| {
        StoreError::Corrupt(format!("the use of `{}` is malformed", stored.subject))
    })?;
    let at = stored.at;
    Ok(shown(&Noted { at, detail }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keyward_store_sqlite::SqliteStore;
    use keyward_testkit::FailingStore;

    use super::*;

    const ROOT: Principal = Principal::Root;

    fn store() -> FailingStore {
        FailingStore::around(Arc::new(SqliteStore::in_memory().unwrap()))
    }

    fn account(number: u64) -> AccountId {
        AccountId::from_number(number).unwrap()
    }

    fn user(number: u64) -> Principal {
        Principal::User(UserId::mint(account(1), number))
    }

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_795_000_000 + seconds)
    }

    /// A sign-in to account 1 at some second. Returns the second of the previous one.
    async fn sign_in(node: &Uses, store: &FailingStore, who: Principal, at: i64) -> Option<i64> {
        let before = node.note_password(store, account(1), who, time(at)).await;
        before.map(|before| before.since(time(0)).as_seconds())
    }

    async fn last(node: &Uses, store: &FailingStore, who: Principal) -> Option<i64> {
        let last = node.of_password(store, account(1), who).await;
        last.map(|last| last.since(time(0)).as_seconds())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_passwords_uses_within_five_minutes_the_first_is_recorded() {
        let (store, node) = (store(), Uses::default());
        assert_eq!(last(&node, &store, user(1)).await, None);
        for (at, before, recorded) in [
            (0, None, 0),
            (0, Some(0), 0),
            (299, Some(0), 0),
            // Five minutes after the recorded use, not after the latest.
            (300, Some(0), 300),
            (599, Some(300), 300),
            (4_000, Some(300), 4_000),
            // The clock was put back.
            (3_000, Some(4_000), 3_000),
        ] {
            assert_eq!(sign_in(&node, &store, user(1), at).await, before, "at {at}");
            assert_eq!(
                last(&node, &store, user(1)).await,
                Some(recorded),
                "at {at}"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_another_node_wrote_is_seen_and_counts() {
        let (store, node, other) = (store(), Uses::default(), Uses::default());
        assert_eq!(sign_in(&other, &store, user(1), 0).await, None);
        assert_eq!(last(&node, &store, user(1)).await, None);
        other.write(&store).await.unwrap();
        assert_eq!(last(&node, &store, user(1)).await, Some(0));

        // On this node too it falls within the five minutes of the first.
        assert_eq!(sign_in(&node, &store, user(1), 299).await, Some(0));
        assert_eq!(last(&node, &store, user(1)).await, Some(0));
        assert_eq!(sign_in(&node, &store, user(1), 300).await, Some(0));
        node.write(&store).await.unwrap();
        assert_eq!(last(&other, &store, user(1)).await, Some(300));

        // The later of both is kept, whichever node writes last, and a new node finds it.
        sign_in(&node, &store, user(1), 700).await;
        sign_in(&other, &store, user(1), 1_100).await;
        other.write(&store).await.unwrap();
        node.write(&store).await.unwrap();
        for node in [&node, &other, &Uses::default()] {
            assert_eq!(last(node, &store, user(1)).await, Some(1_100));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_principal_of_each_account_has_a_use_of_its_own() {
        let (store, node) = (store(), Uses::default());
        sign_in(&node, &store, ROOT, 1).await;
        sign_in(&node, &store, user(2), 2).await;
        node.write(&store).await.unwrap();
        sign_in(&node, &store, user(3), 3).await;
        let everyone = [user(4), user(3), ROOT, user(2), user(3), user(1)];
        let asked = store.uses_asked();
        let uses = node.of_passwords(&store, account(1), &everyone).await;
        let expected = [None, Some(3), Some(1), Some(2), Some(3), None];
        assert_eq!(uses, expected.map(|at| at.map(time)));
        assert_eq!(store.uses_asked(), asked + 1);
        let elsewhere = node.of_passwords(&store, account(2), &[ROOT]).await;
        assert_eq!(elsewhere, [None]);
    }

    /// When and where roles of account 1 were last used, as a node knows it.
    async fn of_roles(
        node: &Uses,
        store: &FailingStore,
        roles: &[u64],
    ) -> Vec<Option<(i64, String)>> {
        let roles: Vec<RoleId> = roles.iter().map(|number| role(*number)).collect();
        let uses = node.of_roles(store, account(1), &roles).await;
        let uses = uses.into_iter();
        uses.map(|last| last.map(|last| (last.at.since(time(0)).as_seconds(), last.region)))
            .collect()
    }

    fn role(number: u64) -> RoleId {
        RoleId::mint(account(1), number)
    }

    fn at(seconds: i64, region: &str) -> Option<(i64, String)> {
        Some((seconds, region.to_owned()))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_roles_uses_within_a_quarter_of_an_hour_the_first_is_recorded() {
        let (store, node) = (store(), Uses::default());
        assert_eq!(of_roles(&node, &store, &[1]).await, [None]);
        for (now, region, recorded) in [
            (0, "eu-west-1", at(0, "eu-west-1")),
            (899, "us-east-1", at(0, "eu-west-1")),
            (900, "us-east-1", at(900, "us-east-1")),
            (1_799, "rack7", at(900, "us-east-1")),
            // The clock was put back.
            (500, "rack7", at(500, "rack7")),
        ] {
            node.note_role(account(1), role(1), region, time(now));
            assert_eq!(of_roles(&node, &store, &[1]).await, [recorded], "at {now}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_later_use_of_a_role_stands_whichever_node_saw_it() {
        let (store, node, other) = (store(), Uses::default(), Uses::default());
        node.note_role(account(1), role(1), "a", time(0));
        other.note_role(account(1), role(1), "b", time(500));
        other.note_role(account(1), role(3), "c", time(7));
        assert_eq!(of_roles(&other, &store, &[1]).await, [at(500, "b")]);
        other.write(&store).await.unwrap();
        node.write(&store).await.unwrap();
        let asked = store.uses_asked();
        let expected = [at(7, "c"), None, at(500, "b"), at(500, "b")];
        for node in [&node, &other, &Uses::default()] {
            let uses = of_roles(node, &store, &[3, 2, 1, 1]).await;
            assert_eq!(uses, expected);
        }
        assert_eq!(store.uses_asked(), asked + 3);
        let elsewhere = node.of_roles(&store, account(2), &[role(3)]).await;
        assert_eq!(elsewhere, [None]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn while_the_store_is_away_roles_are_told_by_the_nodes_own_notes() {
        let (store, node, other) = (store(), Uses::default(), Uses::default());
        store.set_away(true);
        node.note_role(account(1), role(1), "a", time(0));
        assert_eq!(of_roles(&node, &store, &[1, 2]).await, [at(0, "a"), None]);
        assert!(node.write(&store).await.is_err());
        store.set_away(false);
        assert_eq!(of_roles(&other, &store, &[1]).await, [None]);
        node.write(&store).await.unwrap();
        assert_eq!(of_roles(&other, &store, &[1]).await, [at(0, "a")]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn while_the_store_is_away_a_node_knows_its_own_notes_and_keeps_them() {
        let (store, node, other) = (store(), Uses::default(), Uses::default());
        sign_in(&other, &store, user(1), 0).await;
        other.write(&store).await.unwrap();
        let key = AccessKeyId::LOWEST;
        store.set_away(true);
        assert_eq!(last(&node, &store, user(1)).await, None);
        assert_eq!(sign_in(&node, &store, user(1), 500).await, None);
        assert_eq!(last(&node, &store, user(1)).await, Some(500));
        node.note_access_key(account(1), key, "iam", "us-east-1", time(501));
        assert!(node.write(&store).await.is_err());

        store.set_away(false);
        node.write(&store).await.unwrap();
        assert_eq!(last(&other, &store, user(1)).await, Some(500));
        let of_key = other.of_access_key(&store, account(1), key).await;
        let of_key = of_key.unwrap().unwrap();
        assert_eq!((of_key.at, of_key.service.as_str()), (time(501), "iam"));
        // Nothing is left to write, so the store is not called.
        store.set_away(true);
        node.write(&store).await.unwrap();
    }
}
