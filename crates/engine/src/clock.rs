//! The clock of the installation.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use keyward_names::{Age, PreciseTimestamp, Timestamp};

/// The clock that governs stored dates, expiry and sessions. In `dev` and in tests it can be told
/// another time, and goes on from there; signatures are always judged by [`Clock::real_now`].
#[derive(Debug, Default)]
pub struct Clock {
    ahead_seconds: AtomicI64,
}

#[expect(clippy::disallowed_methods, reason = "this is the clock of everything")]
impl Clock {
    /// The clock's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Self::real_now().plus(Age::seconds(self.ahead_seconds.load(Ordering::Relaxed)))
    }

    /// The clock's time, to the millisecond.
    #[must_use]
    pub fn precise_now(&self) -> PreciseTimestamp {
        let ahead = Age::seconds(self.ahead_seconds.load(Ordering::Relaxed));
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let milliseconds = since_1970.as_millis().try_into().unwrap_or(i64::MAX);
        PreciseTimestamp::from_unix_milliseconds(milliseconds).plus(ahead)
    }

    /// The machine's time.
    #[must_use]
    pub fn real_now() -> Timestamp {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix_seconds(since_1970.as_secs().try_into().unwrap_or(i64::MAX))
    }

    /// Tells the clock the time.
    pub fn set(&self, now: Timestamp) {
        self.ahead_seconds
            .store(now.since(Self::real_now()).as_seconds(), Ordering::Relaxed);
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: Age) {
        self.ahead_seconds
            .fetch_add(by.as_seconds(), Ordering::Relaxed);
    }
}
