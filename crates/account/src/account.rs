//! The account as one immutable value, and the table of its entities.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use keyward_credentials::PasswordPolicy;
use keyward_names::{
    AccessKeyId, AccountAlias, AccountId, FoldedName, GroupId, InstanceProfileId, Path, PolicyId,
    RoleId, Tag, UserId,
};

use crate::collection::Collection;
use crate::prepared_rights::{Slot, Stamp};
use crate::row::{BodyError, Key, read_body, write_body};
use crate::{
    AccessKey, Directory, Entity, EntityPolicies, Group, InstanceProfile, KeyOwner, LoginProfile,
    ManagedPolicy, Memberships, OidcProvider, OutboundFederation, PolicyEntity, PolicyUse,
    PolicyUses, PrincipalId, RecordError, Role, RoleDeletion, RootUser, Row, SamlProvider,
    Settings, User,
};

/// All entities of one account at one version. Cloning is cheap: the maps share their structure, so
/// a change costs the same in a large account as in a small one.
#[derive(Debug, Clone)]
// INVARIANT: the indexes (`access_keys_by_owner`, `members`, `profiles_of_roles`, `policy_users`,
// `policy_uses`, `slots`) agree with the entities that they index; upheld by `apply`, which alone
// writes them.
pub struct Account {
    id: AccountId,
    version: u64,
    pub(crate) entities: Entities,
    pub(crate) access_keys_by_owner: OrdSet<(KeyOwner, AccessKeyId)>,
    /// The members of each group by name.
    pub(crate) members: OrdSet<(GroupId, FoldedName)>,
    /// The instance profiles of each role by name.
    pub(crate) profiles_of_roles: OrdSet<(RoleId, FoldedName)>,
    /// Who uses each managed policy, and how.
    pub(crate) policy_users: OrdSet<(PolicyId, PolicyEntity, PolicyUse)>,
    /// How many entities use each managed policy. A policy that none uses is absent.
    pub(crate) policy_uses: OrdMap<PolicyId, PolicyUses>,
    /// Where rights are kept, for each user or role that has policies, its own or by groups.
    pub(crate) slots: OrdMap<PrincipalId, Arc<Slot>>,
    pub(crate) stamp: Stamp,
}

impl Account {
    /// An account without entities, at version 0.
    #[must_use]
    pub fn empty(id: AccountId) -> Self {
        Self {
            id,
            version: 0,
            entities: Entities::default(),
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

    /// How many commits the account had.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Sets the version, which `apply` does not change.
    pub fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    /// How many records the account consists of.
    #[must_use]
    pub fn record_count(&self) -> usize {
        self.entities.count()
    }

    /// The keys of all records, in the order of the table of entities.
    pub fn record_keys(&self) -> impl Iterator<Item = RecordKey> {
        self.entities.keys()
    }
}

/// Two accounts are equal when they have the same version and the same entities.
impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.version == other.version
            && self.entities == other.entities
            && self.access_keys_by_owner == other.access_keys_by_owner
            && self.members == other.members
            && self.profiles_of_roles == other.profiles_of_roles
            && self.policy_users == other.policy_users
            && self.policy_uses == other.policy_uses
            && self.slots.keys().eq(other.slots.keys())
    }
}

/// How the keys of an entity's tags compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TagKeys {
    /// Without their case.
    Folded,
    /// As they are spelled.
    Exact,
}

/// Makes the types and functions that differ from entity to entity only in names. Rows stand in the order in
/// which an account that ends deletes its records: what belongs to others before the others. A row says:
///
/// ```text
/// /// What the entity is.
/// Device(Device) = "device",              // the variant of `Record`, its type, its kind in a store
///     map devices by serial: Box<str>,    // kept in a map, by this field of this type
///     tags Exact,                         // it has tags; keys of users and roles alone are `Folded`
///     put put_device,                     // taken in by `Account::put_device`, which keeps indexes
///     delete delete_device;               // and removed by `Account::delete_device`
/// ```
///
/// The last three may be absent. `one` instead of `map` is for an entity that an account has only
/// one of; it has no `by`. `directory` is for entities with an id, and a name and a path that lists
/// are ordered by. Where the kind in a store depends on the key, each kind has the pattern of its
/// keys: `"a" for Pattern`.
macro_rules! entities {
    ($(
        $(#[$meaning:meta])*
        $variant:ident($entity:ty) = $($kind:literal $(for $of:pat_param)?)|+,
        $shape:ident $field:ident $(by $by:ident: $key:ty)?
        $(, tags $compared:ident)? $(, put $put:ident)? $(, delete $delete:ident)?;
    )+) => {
        /// One entity with its whole content.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Record {$(
            $(#[$meaning])*
            $variant($entity),
        )+}

        /// Names one record of an account.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum RecordKey {$(
            $(#[$meaning])*
            $variant $(($key))?,
        )+}

        /// The entities of an account, without the indexes over them.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub(crate) struct Entities {$(
            pub(crate) $field: entities!(@collection $shape $entity $(, $key)?),
        )+}

        $(entities!(@entity $shape $entity $(, $by, $key)?);)+

        impl RecordKey {
            /// The kind under which a store keeps the record.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {$($(
                    Self::$variant { $(0: $of,)? .. } => $kind,
                )+)+}
            }

            /// Parses a kind and a key.
            pub fn from_row(kind: &str, key: &str) -> Result<Self, RecordError> {
                const KINDS: &[&str] = &[$($($kind,)+)+];
                let Some(known) = KINDS.iter().find(|known| **known == kind) else {
                    let kind = kind.to_owned();
                    return Err(RecordError::UnknownKind { kind });
                };
                let read = match *known {
                    $($($kind)|+ => {
                        let key = <entities!(@one $($key)?) as Key>::parse(key);
                        key.map(|entities!(@one $($by)?)| Self::$variant $(($by))?)
                    })+
                    _ => None,
                };
                let read = read.filter(|read| read.kind() == *known);
                read.ok_or_else(|| RecordError::Malformed {
                    kind: known,
                    key: key.to_owned(),
                })
            }

            /// The row that deletes the record.
            #[must_use]
            pub fn to_row(&self) -> Row {
                let key = match self {$(
                    Self::$variant $(($by))? => {
                        <entities!(@one $($key)?) as Key>::text(&entities!(@one $($by)?))
                    }
                )+};
                Row {
                    kind: self.kind(),
                    key: key.into(),
                    body: None,
                }
            }
        }

        impl Record {
            /// The record's key.
            #[must_use]
            pub fn key(&self) -> RecordKey {
                match self {$(
                    Self::$variant(_entity) => {
                        RecordKey::$variant$((Clone::clone(&_entity.$by)))?
                    }
                )+}
            }

            /// The row that keeps the record.
            #[must_use]
            pub fn to_row(&self) -> Row {
                let body = match self {$(
                    Self::$variant(entity) => write_body(entity),
                )+};
                Row {
                    body: Some(body),
                    ..self.key().to_row()
                }
            }

            /// Parses a stored row.
            pub fn from_row(kind: &str, key: &str, body: &str) -> Result<Self, RecordError> {
                let named = RecordKey::from_row(kind, key)?;
                let read = match named {$(
                    RecordKey::$variant { .. } => read_body(body).map(Self::$variant),
                )+};
                let (kind, key) = (named.kind(), || key.to_owned());
                match read {
                    Ok(record) if record.key() == named => Ok(record),
                    Ok(_) | Err(BodyError::Malformed) => {
                        Err(RecordError::Malformed { kind, key: key() })
                    }
                    Err(BodyError::Newer(version)) => Err(RecordError::NewerVersion {
                        kind,
                        key: key(),
                        version,
                    }),
                }
            }
        }

        impl Entities {
            fn count(&self) -> usize {
                [$(Collection::count(&self.$field)),+].iter().sum()
            }

            fn keys(&self) -> impl Iterator<Item = RecordKey> {
                std::iter::empty()$(.chain(Collection::iter(&self.$field).map(
                    |(entities!(@one $($by)?), _)| RecordKey::$variant $(($by))?,
                )))+
            }

            /// The tags of all entities that have some: the entity's key, its tags, and how their
            /// keys compare.
            pub(crate) fn tags(&self) -> impl Iterator<Item = (String, &[Tag], TagKeys)> {
                std::iter::empty()$($(.chain(Collection::iter(&self.$field).map(
                    |(key, entity)| (key.text().to_owned(), &*entity.tags, TagKeys::$compared),
                )))?)+
            }

            /// What is inconsistent in how entities are kept, one sentence each; always nothing.
            pub(crate) fn broken(&self) -> Vec<String> {
                let mut broken = Vec::new();
                $(broken.extend(Collection::broken(
                    &self.$field,
                    stringify!($variant),
                    |_entity| ($(Clone::clone(&_entity.$by))?),
                ));)+
                broken
            }
        }

        impl Account {
            /// Writes a record, as [`Account::apply`] of a `Put` does.
            pub fn put(&mut self, record: Record) {
                match record {$(
                    Record::$variant(entity) => {
                        entities!(@put self, $field, entity $(.$by)?; $($put)?);
                    }
                )+}
            }

            /// Removes a record, as [`Account::apply`] of a `Delete` does.
            pub(crate) fn delete(&mut self, key: &RecordKey) {
                match key {$(
                    RecordKey::$variant $(($by))? => {
                        entities!(@delete self, $field, entities!(@one $($by)?); $($delete)?);
                    }
                )+}
            }
        }
    };

    // The key, or `()` without one.
    (@one) => { () };
    (@one $key:tt) => { $key };

    (@collection one $entity:ty) => { Option<Arc<$entity>> };
    (@collection map $entity:ty, $key:ty) => { OrdMap<$key, Arc<$entity>> };
    (@collection directory $entity:ty, $key:ty) => { Directory<$entity> };

    (@entity one $entity:ty) => {};
    (@entity map $entity:ty, $by:ident, $key:ty) => {};
    (@entity directory $entity:ty, $by:ident, $key:ty) => {
        impl Entity for $entity {
            type Id = $key;

            fn id(&self) -> Self::Id {
                self.$by
            }

            fn folded_name(&self) -> FoldedName {
                self.name.folded()
            }

            fn path(&self) -> &Path {
                &self.path
            }
        }
    };

    (@put $account:ident, $field:ident, $entity:ident $(.$by:ident)?; $put:ident) => {
        $account.$put($entity)
    };
    (@put $account:ident, $field:ident, $entity:ident; ) => {
        Collection::put(&mut $account.entities.$field, (), $entity)
    };
    (@put $account:ident, $field:ident, $entity:ident.$by:ident; ) => {
        Collection::put(&mut $account.entities.$field, Clone::clone(&$entity.$by), $entity)
    };

    (@delete $account:ident, $field:ident, $key:expr; $delete:ident) => {
        $account.$delete($key)
    };
    (@delete $account:ident, $field:ident, $key:expr; ) => {
        Collection::remove(&mut $account.entities.$field, &$key)
    };
}

// When an account is ended, its records are deleted in this order: entities that belong to others
// come before their owners.
entities! {
    /// The account as such.
    Settings(Settings) = "account", one settings;

    /// The root user.
    RootUser(RootUser) = "root_user", one root_user;

    /// The account's alias.
    Alias(AccountAlias) = "account_alias", one alias;

    /// The account's own password policy.
    PasswordPolicy(PasswordPolicy) = "password_policy", one password_policy;

    /// The account as an issuer of tokens.
    OutboundFederation(OutboundFederation) = "outbound_federation", one outbound_federation;

    /// An access key.
    AccessKey(AccessKey) = "access_key", map access_keys by id: AccessKeyId,
        put put_access_key, delete delete_access_key;

    /// A user's login profile.
    LoginProfile(LoginProfile) = "login_profile", map login_profiles by user: UserId;

    /// The groups of a user.
    Memberships(Memberships) = "memberships", map memberships by user: UserId,
        put put_memberships, delete delete_memberships;

    /// The policies of a user, group or role.
    Policies(EntityPolicies) = "user_policies" for PolicyEntity::User(_)
            | "group_policies" for PolicyEntity::Group(_)
            | "role_policies" for PolicyEntity::Role(_),
        map policies by entity: PolicyEntity,
        put put_policies, delete delete_policies;

    /// A deleted service-linked role, by the id of its deletion task.
    RoleDeletion(RoleDeletion) = "role_deletion", map role_deletions by task: Box<str>;

    /// An OpenID Connect provider, by its URL.
    OidcProvider(OidcProvider) = "oidc_provider", map oidc_providers by url: Box<str>, tags Exact;

    /// A SAML provider, by its name.
    SamlProvider(SamlProvider) = "saml_provider", map saml_providers by name: Box<str>, tags Exact;

    /// An instance profile.
    InstanceProfile(InstanceProfile) = "instance_profile",
        directory instance_profiles by id: InstanceProfileId, tags Exact,
        put put_instance_profile, delete delete_instance_profile;

    /// A managed policy of the account's own, with its versions.
    ManagedPolicy(ManagedPolicy) = "managed_policy",
        directory managed_policies by id: PolicyId, tags Exact,
        put put_managed_policy, delete delete_managed_policy;

    /// A role.
    Role(Role) = "role", directory roles by id: RoleId, tags Folded, put put_role;

    /// A group.
    Group(Group) = "group", directory groups by id: GroupId;

    /// A user.
    User(User) = "user", directory users by id: UserId, tags Folded,
        put put_user, delete delete_user;
}

#[cfg(test)]
mod tests;
