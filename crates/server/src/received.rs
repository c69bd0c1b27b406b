//! A request taken in whole, within its bounds.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::http::request::Parts;
use tokio::sync::OwnedSemaphorePermit;

use crate::body_budget::BodyBudget;
use crate::options::Limits;

/// The head and the whole body of a request.
pub(crate) struct Received {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    /// Its share of the memory that large bodies have together; given back when this is dropped.
    _share: Option<OwnedSemaphorePermit>,
}

/// Why a body was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is, or says it is, larger than allowed.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// Other large bodies took all the memory that there is for them.
    NoRoom,
    /// The connection broke off.
    BrokenOff,
}

/// How far a body was read.
enum Progress {
    Whole(Bytes),
    /// These bytes follow what was taken, and are more than was wanted.
    More(Bytes),
}

impl Received {
    /// Takes the body in, of at most `bound` bytes, within the bounds of time and memory.
    pub(crate) async fn take_in(
        head: Parts,
        mut body: Incoming,
        bound: usize,
        limits: &Limits,
        budget: &BodyBudget,
    ) -> Result<Self, BodyError> {
        let said = said(&body);
        if said > bound {
            return Err(BodyError::TooLarge);
        }
        let small = limits.small_body_bytes.min(bound);
        let mut taken = Vec::new();
        let mut more = Bytes::new();
        if said <= small {
            match read(&mut body, &mut taken, small, limits.body_time).await? {
                Progress::Whole(body) => {
                    return Ok(Self {
                        head,
                        body,
                        _share: None,
                    });
                }
                Progress::More(_) if small == bound => return Err(BodyError::TooLarge),
                Progress::More(bytes) => more = bytes,
            }
        }
        // The whole share at once: bodies that took theirs piece by piece could all wait for one
        // another. A body that doesn't say its size may have all.
        let size = body.size_hint().exact().map_or(bound, |_| said);
        let share = budget.share(size, limits.body_time).await;
        let share = share.ok_or(BodyError::NoRoom)?;
        taken.reserve_exact(size.saturating_sub(taken.len()));
        if taken.len() + more.len() > bound {
            return Err(BodyError::TooLarge);
        }
        taken.extend_from_slice(&more);
        drop(more);
        match read(&mut body, &mut taken, bound, limits.body_time).await? {
            Progress::Whole(body) => Ok(Self {
                head,
                body,
                _share: Some(share),
            }),
            Progress::More(_) => Err(BodyError::TooLarge),
        }
    }

    /// The query as it came, without the `?`.
    pub(crate) fn query(&self) -> Option<&str> {
        self.head.uri.query()
    }

    /// The `Host`, or the authority of an absolute request target.
    pub(crate) fn host(&self) -> Option<&str> {
        host(&self.head)
    }
}

/// The `Host` of a request, or the authority of an absolute request target.
pub(crate) fn host(head: &Parts) -> Option<&str> {
    head.headers
        .get(hyper::header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| head.uri.authority().map(http::uri::Authority::as_str))
}

/// Reads a small body that nobody wants and keeps none of it: a client that is still sending when
/// the connection closes may never see its answer.
pub(crate) async fn pass_over(mut body: Incoming, limits: &Limits) {
    if said(&body) > limits.small_body_bytes {
        return;
    }
    let reading = async {
        let mut passed = 0;
        while let Some(Ok(frame)) = body.frame().await {
            passed += frame.data_ref().map_or(0, Bytes::len);
            if passed > limits.small_body_bytes {
                return;
            }
        }
    };
    // Out of time is as good as done: the answer is given either way.
    let _ = tokio::time::timeout(limits.body_time, reading).await;
}

/// How many bytes a body says it has, as far as it does.
fn said(body: &Incoming) -> usize {
    usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
}

/// Reads on to the end, or to more than `bound` bytes. What was read is in `taken` unless it is the
/// whole.
async fn read(
    body: &mut Incoming,
    taken: &mut Vec<u8>,
    bound: usize,
    time: Duration,
) -> Result<Progress, BodyError> {
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::BrokenOff)?;
            let Ok(bytes) = frame.into_data() else {
                continue;
            };
            if taken.len() + bytes.len() > bound {
                return Ok(Progress::More(bytes));
            }
            if taken.is_empty() && body.is_end_stream() {
                // Most come in one piece, and need no copy.
                return Ok(Progress::Whole(bytes));
            }
            taken.extend_from_slice(&bytes);
        }
        Ok(Progress::Whole(Bytes::from(std::mem::take(taken))))
    };
    tokio::time::timeout(time, reading)
        .await
        .unwrap_or(Err(BodyError::TooSlow))
}
