//! What each operation does, one file each, and what they stand on: faults, the authorization gate,
//! the account writer, password hashing.
//!
//! All business rules are here and nowhere else. An operation's function gets a `Call`: an
//! immutable snapshot of the account, and the means to ask for permission, to hash and to change.
//! It never sees the store. HTTP and signatures are not here either: [`Request`] comes with its
//! caller already known.
#![expect(
    clippy::disallowed_methods,
    reason = "clocks and waits of the account writer, the installation and their tests stand here still"
)]

mod accounts;
mod assertions;
mod audit;
mod call;
mod caller;
mod circumstances;
mod clock;
mod context_keys;
mod dispatch;
pub mod fault;
mod gate;
mod generated;
mod hashing;
mod iam;
mod identity_providers;
mod installation;
mod keys;
mod known_actions;
mod managed;
mod pages;
mod quotas;
mod random;
mod resource;
mod service_access;
mod sessions;
mod sign_in;
mod simulator;
mod sts;
mod token_issuer;
mod tries;
mod uses;
mod writer;

pub use accounts::{AccountHandle, Accounts};
pub use audit::{
    Audit, identity_at_door as audit_identity_at_door, tls_details as audit_tls_details,
};
pub use caller::{Caller, Principal};
pub use circumstances::{Circumstances, Entrance, Tls};
pub use clock::Clock;
pub use dispatch::{Reply, Request, fault_reply, perform};
pub use fault::Fault;
pub use hashing::{HashError, HashPool, HashQueue};
pub use identity_providers::{IdentityProviders, NoIdentityProviders, Unreachable};
pub use installation::{
    AccountSummary, AdministrationError, Installation, InstallationOptions, NewAccount,
    RootCredentials, mint_access_key, random_account_id,
};
pub use keys::{InstallationKeys, KeysError};
pub use keyward_api::FaultCode;
pub use keyward_credentials::MasterKey;
pub use managed::AwsPolicies;
pub use quotas::{AccountQuotas, QuotaChanges, Quotas};
pub use random::{RandomError, random, random_number};
pub use sessions::{
    FederatedUser, Holder, OpenedSession, Recorded, RoleSession, Session, SessionKeyRing,
    SessionKeys, SessionPolicies, SessionTag, Vouched, VouchedBy, VouchedKey,
};
pub use sts::sessions::{account_of_role, no_such_role};
pub use token_issuer::{IssuerDocuments, TokenKeysError};
pub use tries::{Begun, Tries, TryRules};
pub use uses::{AccessKeyUse, RoleUse, Uses};
