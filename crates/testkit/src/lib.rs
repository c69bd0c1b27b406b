//! For tests only: a whole installation in the process, with a clock that is told the time and a
//! store that can be told to fail.
//!
//! A [`World`] is asked as a client asks, in the wire form, and answers as a client is answered.
//!
//! ```
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let world = keyward_testkit::World::new().await;
//! let root = world.root();
//! root.must("CreateUser", "UserName=Bob").await;
//! assert_eq!(
//!     root.refused("CreateUser", "UserName=bob").await,
//!     "409 EntityAlreadyExists: User with name bob already exists."
//! );
//! # });
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't be set up must fail with its reason"
)]

mod answer;
mod failing_store;
mod form;
mod world;

pub use answer::Answer;
pub use failing_store::{FailingStore, HeldCommit, Trouble};
pub use form::{form, policy_document};
pub use keyward_engine::Quotas;
pub use world::{Asker, World};
