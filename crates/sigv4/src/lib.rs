//! AWS Signature Version 4: checking it on requests, in the header form and the presigned form, and
//! signing in the header form with [`sign`].
//!
//! Checking is done in two steps, because the secret is looked up in between: [`present`] finds what the
//! request claims (key, token, scope, time), and [`Presented::check`] says whether the signature
//! is that key's. [`Presented::judge`] is the part of the check that needs no secret: time and
//! scope. Call it before the look-up, so that a wrong scope makes nobody derive or cache a key.
//!
//! What this crate is not: it knows no account, no key and no token, it does no I/O and reads no
//! clock.
//!
//! ```
//! use keyward_sigv4::{Expected, PresignedLifetime, Regions, Request, SigningKey, present};
//!
//! let authorization = "AWS4-HMAC-SHA256 \
//!     Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
//!     SignedHeaders=host;x-amz-date, \
//!     Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
//! let request = Request {
//!     method: "GET",
//!     path: "/",
//!     query: "",
//!     headers: &[
//!         ("Host", b"example.amazonaws.com"),
//!         ("X-Amz-Date", b"20150830T123600Z"),
//!         ("Authorization", authorization.as_bytes()),
//!     ],
//!     body: b"",
//! };
//! let expected = Expected {
//!     service: "service",
//!     regions: Regions::Any,
//!     normalize_path: true,
//!     presigned: PresignedLifetime::AsAsked,
//! };
//! let now = 1_440_938_160;
//!
//! let presented = present(request).unwrap();
//! assert_eq!(presented.access_key_id(), "AKIDEXAMPLE");
//! presented.judge(&expected, now).unwrap();
//! let key = SigningKey::derive("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", presented.scope());
//! presented.check(&key, &expected, now).unwrap();
//! ```

mod canonical;
#[cfg(test)]
mod differential;
mod encoding;
mod error;
mod form;
mod key;
mod presented;
mod request;
mod sign;
#[cfg(test)]
mod testing;
mod time;

pub use error::{HeaderHash, SignatureError};
pub use key::{Scope, SigningKey};
pub use presented::{Expected, Presented, PresignedLifetime, Regions, present};
pub use request::Request;
pub use sign::{Signer, sign};
pub use time::UnixTime;
