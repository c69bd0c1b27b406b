//! The one way to be called: HTTP connections, accepted within limits, served, and drained at the end.
//!
//! What this crate is not: it knows no path, no caller and no TLS. Whoever listens decides what a
//! request means, and may put TLS between an accepted stream and HTTP.
//!
//! ```
//! use keyward_inbound::{Limits, Listener, Stopped};
//! use hyper::Response;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Limits::default()).await.unwrap();
//! let stopped = listener
//!     .run(std::future::ready(()), |accepted| {
//!         accepted.serve_plain(|_request| async { Response::new("Hello".into()) })
//!     })
//!     .await;
//! assert_eq!(stopped, Stopped::Drained);
//! # });
//! ```

mod listener;
mod write_timeout;

pub use listener::{Accepted, Limits, Listener, Serving, Stopped};
pub use write_timeout::WriteTimeout;
