//! Web identity tokens: reading those of others, making our own.
//!
//! A token of an identity provider is judged in two steps, because the provider and its keys are
//! looked up in between: [`Unverified::read`] takes the token apart and tells its issuer, and
//! [`Unverified::verify`] says whether one of the provider's keys signed it and whether its claims
//! fit. Tokens of our own are signed with [`SigningKeys`].
//!
//! What this crate is not: it fetches nothing, knows no provider, no role and no account, and reads
//! no clock. Randomness is the one thing that it takes for itself: the library that signs brings its
//! own.
//!
//! ```
//! use keyward_web_identity::{Expected, KeySet, SigningAlgorithm, SigningKeys, Unverified};
//!
//! let keys = SigningKeys::generate().unwrap();
//! let claims = r#"{"iss":"https://id.example.com","sub":"build","aud":"keyward",
//!     "iat":1700000000,"exp":1700000300}"#;
//! let token = keys.sign(SigningAlgorithm::Es384, claims).unwrap();
//!
//! let unverified = Unverified::read(&token).unwrap();
//! assert_eq!(unverified.issuer(), "https://id.example.com");
//! let published = KeySet::parse(&keys.key_set_json()).unwrap();
//! let expected = Expected {
//!     client_ids: &["keyward"],
//!     now: 1_700_000_010,
//!     role_arn: "arn:aws:iam::123456789012:role/build",
//! };
//! let identity = unverified.verify(&published, &expected).unwrap();
//! assert_eq!(identity.subject, "build");
//! ```

mod algorithm;
mod certificate;
mod claims;
mod discovery;
mod error;
mod identity;
mod key_set;
mod public_key;
mod roles;
mod signing_keys;
mod tags;
#[cfg(test)]
mod testing;
mod times;
mod token;

pub use claims::Expected;
pub use discovery::discovery_document;
pub use error::{TokenError, TokenErrorKind};
pub use identity::{ClaimValue, WebIdentity};
pub use key_set::{KeySet, KeySetError};
pub use signing_keys::{PAYLOAD_LIMIT, SigningAlgorithm, SigningKeys, SigningKeysError};
pub use token::Unverified;
