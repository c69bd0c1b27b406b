//! What runs operations: the accounts that are held in memory and their writers, the calls, password
//! hashing, the audit trail, last uses, the installation's keys, the clock, the last
//! refusals, who made the store.
//!
//! An operation's function gets a [`Call`]: an immutable snapshot of the account, and the means to
//! ask for permission, to hash and to change. It never sees the store: the fields of
//! [`Installation`] and [`AccountHandle`] are private. What each operation does is in `operations`;
//! whether it is allowed is decided in `authorization`. HTTP and signatures are not here either:
//! the caller of a [`Request`] is known already.

mod accounts;
mod administration;
mod assertions;
mod audit;
mod audit_identity;
mod audit_trail;
mod call;
mod clock;
mod dispatch;
mod ended_sessions;
mod hashing;
mod identity_providers;
mod installation;
mod keys;
mod maker;
mod quotas;
mod random;
mod refusal;
mod refusals;
mod rows;
mod token_issuer;
mod tries;
mod uses;
mod writer;

pub use accounts::AccountHandle;
pub use administration::{
    AccountSummary, AdministrationError, NewAccount, RootCredentials, mint_access_key,
    random_account_id,
};
pub use audit::Audit;
pub use audit_identity::identity_at_door;
pub use audit_trail::{AuditFacts, tls_details};
pub use call::{Answer, Call, CallContext, Outcome, Permit, noting};
pub use clock::Clock;
pub use dispatch::{Format, Reply, Request, fault_reply, not_implemented, perform, run};
pub use hashing::{HashError, HashQueue};
pub use identity_providers::{IdentityProviders, NoIdentityProviders, Unreachable};
pub use installation::{Installation, InstallationOptions};
pub use keys::{InstallationKeys, KeysError};
pub use maker::Maker;
pub use quotas::{AccountQuotas, QuotaChanges, Quotas, TAGS_PER_RESOURCE, are_too_large};
pub use random::{RandomError, random, random_number, request_id, uuid};
pub use refusal::Refusal;
pub use refusals::{Refusals, RefusedRequest};
pub use token_issuer::{IssuerDocuments, TokenKeysError, make_keys, write_keys};
pub use tries::{Begun, Tries, TryRules};
pub use uses::{AccessKeyUse, RoleUse};
