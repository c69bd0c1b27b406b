//! The credentials agent: hands the programs of a machine temporary credentials of one role, as the
//! container credentials endpoint that every AWS SDK knows how to ask.
//!
//! It assumes the role with credentials of its own, which the programs never see, and does so again
//! before the session ends. It listens on the loopback interface only, and answers only who has its
//! token and calls it by a loopback name.
//!
//! What this crate is not: it is no part of the server and knows no account. The endpoint that it asks
//! may be Keyward's or any other of STS.
//!
//! ```
//! use keyward_agent::{Agent, AgentOptions, AuthorizationToken, Endpoint, KeyPair, Role, Source};
//! use keyward_names::{Secret, Timestamp};
//!
//! let role = Role {
//!     endpoint: Endpoint::new("http://127.0.0.1:4566", None).unwrap(),
//!     region: "us-east-1".into(),
//!     arn: "arn:aws:iam::000000000000:role/Reader".into(),
//!     session_name: "my-machine".into(),
//!     duration_seconds: None,
//!     source: Source::Given(KeyPair {
//!         access_key_id: "test".into(),
//!         secret_access_key: Secret::new("test"),
//!         session_token: None,
//!     }),
//! };
//! let options = AgentOptions {
//!     role,
//!     token: AuthorizationToken::parse(Secret::new("a-token-of-our-own")).unwrap(),
//!     clock: Box::new(|| Timestamp::from_unix_seconds(0)),
//! };
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let agent = Agent::bind(([127, 0, 0, 1], 0).into(), options).await.unwrap();
//! assert!(agent.url().ends_with("/credentials"));
//! # });
//! ```

mod agent;
mod assume_role;
mod credentials;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod keeper;
mod source;

pub use agent::{Agent, AgentOptions};
pub use assume_role::{Role, RoleError};
pub use credentials::KeyPair;
pub use guard::{AuthorizationToken, AuthorizationTokenError, PATH};
pub use keyward_inbound::Stopped;
pub use keyward_outbound::{Endpoint, EndpointError};
pub use source::{Source, SourceError};
