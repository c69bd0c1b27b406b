//! A request taken in whole, within its bounds.

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request};

use crate::options::Limits;

/// The head and the whole body of a request.
pub(crate) struct Received {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
}

/// Why a body was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is, or says it is, larger than allowed.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection broke off.
    BrokenOff,
}

impl Received {
    /// Takes the body in, within the bounds of size and time.
    pub(crate) async fn take_in(
        request: Request<Incoming>,
        limits: &Limits,
    ) -> Result<Self, BodyError> {
        let (head, body) = request.into_parts();
        let said = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if said > limits.body_bytes {
            return Err(BodyError::TooLarge);
        }
        let collected = Limited::new(body, limits.body_bytes).collect();
        match tokio::time::timeout(limits.body_time, collected).await {
            Ok(Ok(body)) => Ok(Self {
                head,
                body: body.to_bytes(),
            }),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
            Ok(Err(_)) => Err(BodyError::BrokenOff),
            Err(_) => Err(BodyError::TooSlow),
        }
    }

    /// The query as it came, without the `?`.
    pub(crate) fn query(&self) -> Option<&str> {
        self.head.uri.query()
    }

    /// The `Host`, or the authority of an absolute request target.
    pub(crate) fn host(&self) -> Option<&str> {
        host_of(&self.head.headers)
            .or_else(|| self.head.uri.authority().map(http::uri::Authority::as_str))
    }
}

fn host_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(hyper::header::HOST)
        .and_then(|value| value.to_str().ok())
}
