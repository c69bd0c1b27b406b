//! Whether a caller may do something: who asks, what for, under which policies, and the decision.
//!
//! The gate ([`gate::judge`], [`gate::decide`]) answers a [`Question`] of a [`Caller`] by the [`Law`], an
//! immutable account with the policies of AWS. It also knows what temporary credentials stand for, since
//! they are judged with their session. Nothing here reads a clock, a store or random bytes: time and
//! randomness are handed in. How policies are evaluated is in `policy`; which questions an operation
//! asks is in `operations`.

pub mod assuming;
pub mod caller;
pub mod circumstances;
mod context_keys;
pub mod gate;
pub mod law;
pub mod managed;
pub mod principal;
pub mod question;
pub mod resource;
pub mod sessions;

pub use caller::Caller;
pub use circumstances::{Circumstances, Entrance, Tls};
pub use law::Law;
pub use managed::{AwsPolicies, Managed};
pub use principal::Principal;
pub use question::{Action, Question, Questions};
pub use resource::Resource;
