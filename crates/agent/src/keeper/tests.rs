use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use keyward_names::Secret;
use keyward_outbound::FetchError;
use tokio::sync::Semaphore;

use super::*;

const HOUR: i64 = 3_600;

/// An issuer that fails and waits when a test says so, and numbers what it gives out.
struct ScriptedIssuer {
    lasts: AtomicI64,
    fails: Mutex<Option<RoleError>>,
    issued: AtomicUsize,
    /// A call takes one of these, and waits where there is none.
    may_go: Semaphore,
}

impl Issuer for Arc<ScriptedIssuer> {
    async fn issue(&self, now: Timestamp) -> Result<TemporaryCredentials, RoleError> {
        let number = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        self.may_go.acquire().await.unwrap().forget();
        if let Some(error) = self.fails.lock().unwrap().clone() {
            return Err(error);
        }
        Ok(TemporaryCredentials {
            access_key_id: number.to_string(),
            secret_access_key: Secret::new("secret"),
            session_token: Secret::new("token"),
            expiration: now.plus(Age::seconds(self.lasts.load(Ordering::Relaxed))),
        })
    }
}

struct Setting {
    now: Arc<AtomicI64>,
    told: Arc<ScriptedIssuer>,
    keeper: Arc<Keeper<Arc<ScriptedIssuer>>>,
}

impl Setting {
    fn new(lasts: i64) -> Self {
        let now = Arc::new(AtomicI64::new(1_000_000));
        let told = Arc::new(ScriptedIssuer {
            lasts: AtomicI64::new(lasts),
            fails: Mutex::default(),
            issued: AtomicUsize::new(0),
            may_go: Semaphore::new(1_000),
        });
        let clock = Arc::clone(&now);
        let clock = move || Timestamp::from_unix_seconds(clock.load(Ordering::Relaxed));
        Self {
            keeper: Arc::new(Keeper::new(Arc::clone(&told), Box::new(clock))),
            now,
            told,
        }
    }

    fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    fn fails(&self, error: Option<RoleError>) {
        *self.told.fails.lock().unwrap() = error;
    }

    fn issued(&self) -> usize {
        self.told.issued.load(Ordering::Relaxed)
    }

    /// No call ends before `may_go` has permits again.
    fn hang(&self) {
        self.told.may_go.forget_permits(usize::MAX);
    }

    async fn ask(&self) -> Result<String, RoleError> {
        let credentials = self.keeper.credentials().await?;
        Ok(credentials.access_key_id.clone())
    }
}

fn away() -> RoleError {
    RoleError::NoAnswer(FetchError::Unreachable)
}

fn number(number: usize) -> Result<String, RoleError> {
    Ok(number.to_string())
}

#[tokio::test]
async fn nothing_is_fetched_before_it_is_asked_for() {
    let world = Setting::new(HOUR);
    assert_eq!(world.issued(), 0);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 1);
}

#[tokio::test]
async fn credentials_are_renewed_before_sdks_want_new_ones() {
    let world = Setting::new(HOUR);
    assert_eq!(world.ask().await, number(1));
    world.advance(HOUR - 20 * 60 - 1);
    assert_eq!(world.ask().await, number(1));
    world.advance(1);
    assert_eq!(world.ask().await, number(2));
    assert_eq!(world.ask().await, number(2));
}

#[tokio::test]
async fn short_lived_credentials_live_half_their_life() {
    let world = Setting::new(900);
    assert_eq!(world.ask().await, number(1));
    world.advance(449);
    assert_eq!(world.ask().await, number(1));
    world.advance(1);
    assert_eq!(world.ask().await, number(2));
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_at_once_share_one_fetch() {
    let world = Setting::new(HOUR);
    world.hang();
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let keeper = Arc::clone(&world.keeper);
            tokio::spawn(async move { keeper.credentials().await })
        })
        .collect();
    tokio::task::yield_now().await;
    world.told.may_go.add_permits(1);
    for asked in asking {
        assert_eq!(asked.await.unwrap().unwrap().access_key_id, "1");
    }
    assert_eq!(world.issued(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_goes_on_when_nobody_waits_any_more() {
    let world = Setting::new(HOUR);
    world.hang();
    let gone = timeout(Duration::from_secs(2), world.ask()).await;
    assert!(gone.is_err());
    world.told.may_go.add_permits(1);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 1);
}

#[tokio::test]
async fn what_can_not_be_fetched_is_told_and_tried_again() {
    let world = Setting::new(HOUR);
    world.fails(Some(away()));
    assert_eq!(world.ask().await, Err(away()));
    assert_eq!(world.ask().await, Err(away()));
    assert_eq!(world.issued(), 2);
    world.fails(None);
    assert_eq!(world.ask().await, number(3));
}

#[tokio::test]
async fn valid_credentials_outlive_a_failed_renewal() {
    let world = Setting::new(HOUR);
    assert_eq!(world.ask().await, number(1));
    world.fails(Some(away()));
    world.advance(HOUR - 600);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 2);
    // For a while it is not tried again.
    world.advance(29);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 2);
    world.advance(1);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 3);
    world.advance(570);
    assert_eq!(world.ask().await, Err(away()));
    world.fails(None);
    assert_eq!(world.ask().await, number(5));
}

#[tokio::test(start_paused = true)]
async fn valid_credentials_are_answered_while_a_renewal_hangs() {
    let world = Setting::new(HOUR);
    assert_eq!(world.ask().await, number(1));
    world.hang();
    world.advance(HOUR - 600);
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.ask().await, number(1));
    assert_eq!(world.issued(), 2);
    world.told.may_go.add_permits(1);
    assert_eq!(world.ask().await, number(2));
}

#[tokio::test]
async fn credentials_that_ended_are_never_answered() {
    let world = Setting::new(HOUR);
    assert_eq!(world.ask().await, number(1));
    world.advance(HOUR);
    world.fails(Some(away()));
    assert_eq!(world.ask().await, Err(away()));
}
