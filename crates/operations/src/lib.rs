//! What each operation does, one file each, and what they stand on: faults, the authorization gate,
//! the account writer, password hashing.
//!
//! All business rules are here and nowhere else. An operation's function gets a `Call`: an
//! immutable snapshot of the account, and the means to ask for permission, to hash and to change.
//! It never sees the store. HTTP and signatures are not here either: [`Request`] comes with its
//! caller already known.

mod accounts;
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
mod installation;
mod keys;
mod known_actions;
mod pages;
mod quotas;
mod random;
mod resource;
mod sign_in;
mod simulator;
mod sts;
mod tries;
mod uses;
mod writer;

pub use accounts::{AccountHandle, Accounts};
pub use caller::{Caller, Principal};
pub use circumstances::Circumstances;
pub use clock::Clock;
pub use dispatch::{Reply, Request, fault_reply, perform};
pub use fault::Fault;
pub use hashing::{HashError, HashPool, HashQueue};
pub use installation::{
    AccountSummary, AdministrationError, Installation, NewAccount, RootCredentials,
    mint_access_key, random_account_id,
};
pub use keys::{InstallationKeys, KeysError};
pub use keyward_api::FaultCode;
pub use keyward_credentials::MasterKey;
pub use quotas::Quotas;
pub use random::{RandomError, random, random_number};
pub use sign_in::may_change_password;
pub use tries::{Begun, Tries, TryRules};
pub use uses::{AccessKeyUse, Uses};
