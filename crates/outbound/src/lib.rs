//! The one way to call out: fetching the keys that identity providers publish with [`Outbound`], and
//! asking an [`Endpoint`] that the operator names.
//!
//! Whoever registers a provider names a host that the server then calls. So every such call is guarded:
//! https only, to public addresses only, to the very address that was checked, without redirects or
//! a proxy, within limits of time and size. What an operator allows is excepted, and keys that an
//! operator pins need no call at all. An endpoint that the operator names may be anywhere: its calls are
//! bound in time and size, follow no redirects and use no proxy either.
//!
//! What this crate is not: it does not read keys and knows no token and no provider of an account.
//!
//! ```
//! use keyward_outbound::{FetchError, Outbound, OutboundOptions};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let keys = r#"{"keys":[]}"#;
//! let outbound = Outbound::new(OutboundOptions {
//!     pinned: vec![("https://id.example.com".into(), keys.into())],
//!     ..OutboundOptions::default()
//! })
//! .unwrap();
//! let pinned = outbound.key_set("https://id.example.com", &[]).await;
//! assert_eq!(pinned.as_deref(), Ok(keys));
//! let refused = outbound.key_set("https://127.0.0.1", &[]).await;
//! assert_eq!(refused, Err(FetchError::Refused));
//! # });
//! ```

mod address;
mod allowed;
mod cache;
mod endpoint;
mod error;
mod guard;
mod location;
mod options;
mod outbound;
mod thumbprint;
mod trust;

pub use allowed::{Allowed, AllowedError};
pub use endpoint::{Answer, Endpoint, EndpointError};
pub use error::{FetchError, OutboundError};
pub use options::{Limits, OutboundOptions};
pub use outbound::Outbound;
