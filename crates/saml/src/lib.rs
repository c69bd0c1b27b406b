//! SAML 2.0, as far as `AssumeRoleWithSAML` needs it: what an identity provider publishes about
//! itself, and the responses that it signs.
//!
//! A response is judged in two steps, because the provider is looked up in between:
//! [`Response::read`] takes the message apart, and [`Response::verify`] says whether the provider
//! that a [`Metadata`] describes signed the assertion in it, whether the assertion is complete, and
//! whether its time has passed. Everything in an [`Assertion`] is read from the very element that
//! the signature covers.
//!
//! What this crate is not: it looks up no provider and no role, does no I/O and reads no clock. It
//! signs nothing and decrypts nothing: an encrypted assertion is told as such.
//!
//! ```
//! use keyward_saml::{Metadata, Response};
//!
//! let metadata = Metadata::parse(include_str!("../tests/fixtures/metadata.xml")).unwrap();
//! let response = Response::read(include_str!("../tests/fixtures/response.b64")).unwrap();
//! let now = 1_796_083_205;
//!
//! let assertion = response.verify(&metadata, now).unwrap();
//! assert_eq!(assertion.issuer, "https://idp.example.com/saml");
//! assert_eq!(assertion.role_session_name, "alice@example.com");
//! ```

mod assertion;
mod attributes;
mod context_keys;
mod error;
mod memory;
mod metadata;
mod name_qualifier;
mod private_key;
mod response;
mod signature;
mod times;
mod xml;

pub use assertion::Assertion;
pub use attributes::RolePair;
pub use context_keys::ContextKey;
pub use error::{AssertionError, AssertionErrorKind};
pub use memory::MetadataMemory;
pub use metadata::{Metadata, MetadataError};
pub use name_qualifier::name_qualifier;
pub use private_key::{PrivateKey, PrivateKeyError};
pub use response::Response;
