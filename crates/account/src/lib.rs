//! One account: its entities, the immutable [`Account`] value that readers hold, and the changes
//! that turn one such value into the next.
//!
//! A change is data ([`Change`]), and applying one never fails and depends on nothing else: the
//! node that made it, a node that follows the log and a test all get the same account. What may be
//! changed, and by whom, is not decided here: business rules are in `operations`. This crate does
//! no I/O.
//!
//! ```
//! use keyward_account::{Account, Change, Record, User};
//! use keyward_names::{AccountId, Path, Timestamp, UserId, UserName};
//!
//! let id = AccountId::parse("123456789012").unwrap();
//! let mut account = Account::empty(id);
//! account.apply(&Change::Put(Record::User(User {
//!     id: UserId::mint(id, 1),
//!     name: UserName::parse("Bob").unwrap(),
//!     path: Path::default(),
//!     created: Timestamp::from_unix_seconds(0),
//!     tags: Box::default(),
//! })));
//! assert_eq!(account.user("bob").unwrap().name.as_str(), "Bob");
//! ```

mod account;
mod apply;
mod arns;
mod change;
mod collection;
mod directory;
mod entities;
mod identity_providers;
mod invariants;
mod lookups;
mod managed_policies;
mod policies;
mod prepared_rights;
mod principal_id;
mod rights;
mod row;
mod trust_policy;

pub use account::{Account, Record, RecordKey};
pub use arns::ProviderKind;
pub use change::{Change, Changes, Claim};
pub use directory::{Directory, Entity};
pub use entities::{
    AccessKey, AccessKeyStatus, GlobalEndpointTokens, Group, InstanceProfile, KeyOwner,
    LoginProfile, Memberships, PasswordStanding, Role, RoleDeletion, RootUser, Settings, User,
};
pub use identity_providers::{
    AssertionEncryption, MetadataDocument, OidcProvider, OutboundFederation, SamlPrivateKey,
    SamlProvider,
};
pub use managed_policies::{ManagedPolicy, PolicyVersion};
pub use policies::{
    EntityPolicies, InlinePolicy, PolicyDocument, PolicyEntity, PolicyUse, PolicyUses,
};
pub use prepared_rights::Rights;
pub use principal_id::PrincipalId;
pub use rights::{FindAwsPolicy, RightsSource, UnreadablePolicy};
pub use row::{RecordError, Row};
pub use trust_policy::{NamedPrincipal, TrustPolicy};
