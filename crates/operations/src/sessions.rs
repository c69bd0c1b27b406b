//! Sessions: what temporary credentials stand for, and the tokens that carry them.
//!
//! Nothing is kept of a session. All that is known of it is in its token, sealed by a key that every
//! node holds, so that any node can tell whose it is without asking anyone.

mod issue;
mod keys;
mod policies;
mod session;
mod token;
mod vouched;

pub(crate) use issue::{Issued, NewSession};
pub(crate) use keys::SessionKey;
pub use keys::{SessionKeyRing, SessionKeys};
pub(crate) use policies::GivenPolicies;
pub use policies::SessionPolicies;
pub(crate) use session::session_arn;
pub use session::{FederatedUser, Holder, RoleSession, Session, SessionTag};
pub use token::OpenedSession;
pub(crate) use token::TokenError;
pub use vouched::{Recorded, Vouched, VouchedBy, VouchedKey};
