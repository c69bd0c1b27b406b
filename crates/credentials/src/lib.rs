//! Passwords and keys: judge, hash, verify, seal, mint.
//!
//! This crate does no I/O and has no source of time or randomness: whoever calls brings both. It
//! keeps nothing and decides nothing about accounts.
//!
//! ```
//! use keyward_credentials::{BrokenRule, PasswordOwner, judge};
//! use keyward_names::Secret;
//!
//! let owner = PasswordOwner { account_name: "example", root_email: "root@example.com" };
//! let broken = judge(&Secret::new("Ab1!"), None, &owner);
//! assert_eq!(broken, vec![BrokenRule::TooShort { minimum: 8 }]);
//! ```

mod mint;
mod password_policy;
mod seal;
mod verifier;

pub use mint::{mint_password, mint_secret_access_key};
pub use password_policy::{
    BrokenRule, CharacterClass, LONGEST_PASSWORD, PasswordOwner, PasswordPolicy, judge,
};
pub use seal::{MasterKey, NONCE_LENGTH, SealError, Sealed, SealingKey};
pub use verifier::{
    Digest, HashParameters, Pepper, PepperId, Recipe, Salt, Verifier, VerifierError, WorkArea,
};
