//! Passwords at the door: sign-in, forced reset, sessions, and the pages that people see there.
//!
//! [`Door`] decides who comes in and keeps count of wrong tries. A [`Session`] is what a browser
//! keeps, sealed; the server keeps nothing of it but that it was ended. [`pages`] turns what there is
//! to say into HTML. HTTP is not here: cookies, headers and redirects are the server's.
//!
//! ```
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! use keyward_names::Secret;
//! use keyward_authorization::RequestContext;
//! use keyward_signin::{Attempt, Browser, Door, Refusal};
//!
//! let world = keyward_testkit::World::new().await;
//! let door = Door::new(world.installation.clone());
//! let attempt = Attempt {
//!     account: "123456789012",
//!     name: "Nobody",
//!     password: Secret::new("guessed"),
//!     source: [192, 0, 2, 1].into(),
//!     browser: &Browser::default(),
//!     request_context: &RequestContext::default(),
//! };
//! assert_eq!(door.sign_in(attempt).await.unwrap_err(), Refusal::Incorrect);
//! # });
//! ```

mod attempt;
mod attempt_log;
mod audit;
mod browser;
mod browsers;
mod door;
mod form_tokens;
pub mod pages;
mod password_change;
mod refusal;
mod sealing;
mod session;
mod sessions;
mod sign_in_throttle;
mod unavailable;
mod who;

pub use attempt::Attempt;
pub use browser::Browser;
pub use door::Door;
pub use password_change::Passwords;
pub use refusal::Refusal;
pub use session::{Session, Stage};
pub use sessions::Visitor;
pub use unavailable::Unavailable;
