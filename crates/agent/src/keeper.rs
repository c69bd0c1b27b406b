//! Keeping credentials: fetched when they are first asked for, shared, and renewed in time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyward_names::{Age, Timestamp};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::assume_role::{Role, RoleError};
use crate::credentials::TemporaryCredentials;

/// From how long before their end credentials are renewed. SDKs ask for new ones from 15 minutes
/// before, and would ask again with every call if they got no better ones.
const RENEWED_BEFORE: Age = Age::seconds(20 * 60);
/// How long valid credentials are answered without a further try when renewing them failed.
const HOLD_OFF: Age = Age::seconds(30);
/// How long who asks waits for a renewal while there are valid credentials. SDKs wait a second or two.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who gives credentials out.
pub(crate) trait Issuer: Send + Sync + 'static {
    /// Gives new ones out; it is `now`.
    fn issue(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<TemporaryCredentials, RoleError>> + Send;
}

impl Issuer for Role {
    fn issue(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<TemporaryCredentials, RoleError>> + Send {
        self.assume(now)
    }
}

/// Tells the time.
pub(crate) type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// What asking for credentials gives.
pub(crate) type Outcome = Result<Arc<TemporaryCredentials>, RoleError>;

/// Keeps the credentials of one role.
pub(crate) struct Keeper<I>(Arc<Inner<I>>);

struct Inner<I> {
    issuer: I,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    present: Option<Current>,
    /// The renewal that is under way: there is never more than one.
    renewal: Option<Renewal>,
}

type Renewal = watch::Receiver<Option<Outcome>>;

struct Current {
    credentials: Arc<TemporaryCredentials>,
    /// When they are to be renewed. Later than planned where that failed.
    renew_at: Timestamp,
}

impl<I: Issuer> Keeper<I> {
    pub(crate) fn new(issuer: I, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            issuer,
            clock,
            state: Mutex::default(),
        }))
    }

    /// Credentials that are valid for some time: the present ones, or new ones. A renewal goes on when
    /// nobody waits for it any more, and whoever asks next finds it.
    pub(crate) async fn credentials(&self) -> Outcome {
        let (valid, renewal) = self.look();
        match (valid, renewal) {
            (valid, Some(renewal)) => wait(renewal, valid).await,
            (Some(valid), None) => Ok(valid),
            (None, None) => Err(RoleError::Internal),
        }
    }

    /// The credentials that are valid now, and the renewal that they need, if they do.
    fn look(&self) -> (Option<Arc<TemporaryCredentials>>, Option<Renewal>) {
        let now = (self.0.clock)();
        let mut state = self.0.state();
        let present = state.present.as_ref();
        let present = present.filter(|present| now < present.credentials.expiration);
        let valid = present.map(|present| Arc::clone(&present.credentials));
        if present.is_some_and(|present| now < present.renew_at) {
            return (valid, None);
        }
        // A renewal whose task is gone would never end.
        let under_way = state.renewal.take();
        let under_way = under_way.filter(|renewal| renewal.has_changed().is_ok());
        let renewal = under_way.unwrap_or_else(|| self.renew());
        state.renewal = Some(renewal.clone());
        (valid, Some(renewal))
    }

    fn renew(&self) -> Renewal {
        let (tell, renewal) = watch::channel(None);
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            let issued = inner.issuer.issue((inner.clock)()).await;
            let outcome = inner.keep(issued);
            let _ = tell.send(Some(outcome));
        });
        renewal
    }
}

impl<I> Inner<I> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the outcome of a renewal in.
    fn keep(&self, issued: Result<TemporaryCredentials, RoleError>) -> Outcome {
        let now = (self.clock)();
        let mut state = self.state();
        state.renewal = None;
        match issued {
            Ok(credentials) => {
                let expiration = credentials.expiration;
                tracing::info!(%expiration, "the role was assumed");
                let credentials = Arc::new(credentials);
                state.present = Some(Current {
                    renew_at: renew_at(expiration, now),
                    credentials: Arc::clone(&credentials),
                });
                Ok(credentials)
            }
            Err(error) => {
                let present = state.present.as_mut();
                let present = present.filter(|present| now < present.credentials.expiration);
                if let Some(present) = present {
                    let expiration = present.credentials.expiration;
                    present.renew_at = now.plus(HOLD_OFF);
                    tracing::warn!(%error, %expiration, "the role was not assumed again: the present credentials are used on");
                } else {
                    tracing::warn!(%error, "the role was not assumed");
                }
                Err(error)
            }
        }
    }
}

/// Credentials are renewed some time before they end, but live half their life at least.
fn renew_at(expiration: Timestamp, now: Timestamp) -> Timestamp {
    let half = Age::seconds(expiration.since(now).as_seconds() / 2);
    expiration.plus(Age::seconds(-half.min(RENEWED_BEFORE).as_seconds()))
}

/// Waits for a renewal; where there are valid credentials, not for long.
async fn wait(renewal: Renewal, valid: Option<Arc<TemporaryCredentials>>) -> Outcome {
    let Some(valid) = valid else {
        return ended(renewal).await;
    };
    match timeout(PATIENCE, ended(renewal)).await {
        Ok(Ok(renewed)) => Ok(renewed),
        Ok(Err(_)) | Err(_) => Ok(valid),
    }
}

async fn ended(mut renewal: Renewal) -> Outcome {
    let outcome = renewal.wait_for(Option::is_some).await;
    let outcome = outcome.ok().and_then(|outcome| outcome.clone());
    outcome.unwrap_or(Err(RoleError::Internal))
}

#[cfg(test)]
mod tests;
