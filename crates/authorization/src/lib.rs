//! Whether a caller may do something: who asks, what for, under which policies, and the decision.
//!
//! The gate ([`gate::judge`], [`gate::decide`]) answers an [`AccessRequest`] of a [`Caller`] by the
//! [`PoliciesInForce`], an immutable account with the policies of AWS. Sessions and their tokens
//! are here too, since a caller with temporary credentials is judged by the session. Nothing here
//! reads a clock, a store or random bytes: time and randomness are arguments. How policies are
//! evaluated is in `policy`; which questions an operation asks is in `operations`.

pub mod access_request;
pub mod assuming;
pub mod caller;
mod context_keys;
pub mod gate;
pub mod managed;
pub mod policies_in_force;
pub mod principal;
pub mod request_context;
pub mod resource;
pub mod sessions;

pub use access_request::{AccessRequest, AccessRequests, Action};
pub use caller::Caller;
pub use managed::{AwsPolicies, Managed};
pub use policies_in_force::PoliciesInForce;
pub use principal::Principal;
pub use request_context::{Entrance, RequestContext, Tls};
pub use resource::Resource;
