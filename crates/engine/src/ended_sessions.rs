//! Sign-in sessions that were ended. The store remembers only that; a session is otherwise kept in
//! the browser alone.

use keyward_names::{AccountId, Age, Timestamp};
use keyward_store::{OneTimeKey, StoreError};

use crate::installation::Installation;

/// The kind of one-time key that an ended session is kept as, used up.
const ENDED_SESSION_KIND: &str = "ended_session";
/// How long an ended session is remembered: longer than it could have lasted, so that it stays
/// ended even if the clock was ahead for a while.
const ENDED_SESSION_REMEMBERED: Age = Age::days(1);

impl Installation {
    /// Ends a session for good and on every node. It would expire at `until` at the latest.
    pub async fn end_session(
        &self,
        account: AccountId,
        session: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let key = OneTimeKey {
            account,
            kind: ENDED_SESSION_KIND,
            key: session.to_owned(),
            until: until.plus(ENDED_SESSION_REMEMBERED),
        };
        self.store.use_once(key, self.clock.now()).await.map(drop)
    }

    /// Whether a session was ended.
    pub async fn is_session_ended(
        &self,
        account: AccountId,
        session: &str,
    ) -> Result<bool, StoreError> {
        self.store
            .is_used(account, ENDED_SESSION_KIND, session)
            .await
    }
}
