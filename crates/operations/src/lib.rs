//! What each operation does, one file each.
//!
//! All business rules are here and nowhere else: the operations of IAM and STS, the simulator, and
//! the changes that the sign-in page makes. An operation's function gets a `Call` of the engine and
//! never sees the store. Faults, the authorization gate and what runs operations are crates of
//! their own.

pub mod door;
mod generated;
mod iam;
mod pages;
mod perform;
mod performed;
mod simulator;
mod sts;

pub use perform::{perform, respond};
pub use performed::Performed;
pub use sts::sessions::{account_of_role, no_such_role};
