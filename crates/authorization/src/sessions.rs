//! Sessions: what temporary credentials stand for, and the tokens that carry them.
//!
//! Sessions are not stored. All that is known of one is in its token, sealed by a key that every
//! node has, so that any node can read it without asking another or the store.

mod federated_identity;
mod key_ring;
mod keys;
mod policies;
mod session;
mod token;

pub use federated_identity::{FederatedBy, FederatedIdentity, ProviderKey, Recorded};
pub use key_ring::SessionKeyRing;
pub use keys::{SessionKey, SessionKeys};
pub use policies::SessionPolicies;
pub use session::{FederatedUser, Holder, RoleSession, Session, SessionTag, session_arn};
pub use token::{
    OpenedSession, SECRET_BYTES, SealTokenError, SessionContent, TOKEN_CHARACTERS, TokenBytes,
    TokenError, deflate, seal,
};
