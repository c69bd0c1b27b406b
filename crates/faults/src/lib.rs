//! What is answered to a request that is refused: every fault with its code and its text.
//!
//! Each wording is a constructor of its own in [`fault`], and stands nowhere else. Which fault is due is
//! not decided here: that is for whoever refuses.
//!
//! ```
//! use keyward_faults::fault;
//!
//! let fault = fault::no_such_entity("user", "Bob");
//! assert_eq!(fault.code().code(), "NoSuchEntity");
//! assert_eq!(fault.message(), Some("The user with name Bob cannot be found."));
//! ```

pub mod fault;
mod reason;

pub use fault::Fault;
pub use reason::Reason;
