//! Sessions of people who signed in, once they are ended. The store remembers them; nothing else is kept of a
//! session.

use keyward_names::{AccountId, Age, Timestamp};
use keyward_store::{OneTimeKey, StoreError};

use crate::installation::Installation;

/// A session that was ended is a key of this kind that was used up.
const ENDED_SESSION_KIND: &str = "ended_session";
/// That it was ended is remembered for longer than it could have lasted: a clock that was ahead for a
/// while must not bring it back.
const ENDED_SESSION_REMEMBERED: Age = Age::days(1);

impl Installation {
    /// Ends a session that lasts until then at the longest, for good and on every node.
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
