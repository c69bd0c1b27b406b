//! Sessions that were opened before.
//!
//! To open a session token and derive a signing key from what is in it costs more than to check a
//! signature, and whoever holds a session asks again and again while it lasts.

use std::sync::Arc;

use keyward_authorization::sessions::Session;
use keyward_names::AccessKeyId;
use keyward_sigv4::{Scope, SigningKey};
use quick_cache::sync::Cache;
use subtle::ConstantTimeEq;

use crate::signing_keys::ScopedKeys;

/// How many sessions are remembered, those that are used most.
const SESSIONS_BOUND: usize = 10_000;

/// The memory.
pub(crate) struct Sessions(Cache<AccessKeyId, Arc<Opened>>);

struct Opened {
    session: Arc<Session>,
    /// What it was opened from. An access key stands for a session only together with its token.
    token: Box<str>,
    keys: ScopedKeys,
}

/// A session, with the key that a request in it is signed with.
pub(crate) struct Remembered {
    pub(crate) session: Arc<Session>,
    pub(crate) key: Arc<SigningKey>,
}

impl Opened {
    fn is_of(&self, token: &str) -> bool {
        self.token.as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl Sessions {
    /// The session of an access key and a token, and its signing key for a scope, if both are
    /// remembered. Whether it has ended meanwhile is not looked at.
    pub(crate) fn remembered(
        &self,
        access_key: AccessKeyId,
        token: &str,
        scope: Scope<'_>,
    ) -> Option<Remembered> {
        let opened = self.0.get(&access_key)?;
        let key = opened
            .is_of(token)
            .then(|| opened.keys.find(scope))
            .flatten()?;
        Some(Remembered {
            session: Arc::clone(&opened.session),
            key,
        })
    }

    /// Remembers a session. Only one in which a request was signed right: what anyone could fill the
    /// memory with would push out what its clients need.
    pub(crate) fn remember(
        &self,
        session: &Arc<Session>,
        token: &str,
        scope: Scope<'_>,
        key: Arc<SigningKey>,
    ) {
        let known = self.0.get(&session.access_key);
        let known = known.filter(|known| known.is_of(token));
        let keys = known.map_or_else(ScopedKeys::default, |known| known.keys.clone());
        let opened = Opened {
            session: Arc::clone(session),
            token: token.into(),
            keys: keys.with(scope, key),
        };
        self.0.insert(session.access_key, Arc::new(opened));
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self(Cache::new(SESSIONS_BOUND))
    }
}

#[cfg(test)]
mod tests {
    use keyward_authorization::Principal;
    use keyward_authorization::sessions::{Holder, SessionPolicies};
    use keyward_names::{AccessKeyKind, AccountId, Timestamp};

    use super::*;

    const SCOPE: Scope<'_> = Scope {
        date: "20261101",
        region: "us-east-1",
        service: "sts",
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_795_000_000 + seconds)
    }

    fn session(number: u64) -> Arc<Session> {
        let account = AccountId::from_number(1).unwrap();
        Arc::new(Session {
            access_key: AccessKeyId::mint(AccessKeyKind::Temporary, account, number),
            issued: at(0),
            expires: at(60),
            account_made: at(0),
            holder: Holder::Own(Principal::Root),
            mfa: None,
            tags: Box::default(),
            policies: SessionPolicies::default(),
        })
    }

    fn remember(sessions: &Sessions, session: &Arc<Session>, token: &str) {
        let key = Arc::new(SigningKey::derive("secret", SCOPE));
        sessions.remember(session, token, SCOPE, key);
    }

    fn is_remembered(sessions: &Sessions, session: &Session, token: &str) -> bool {
        sessions
            .remembered(session.access_key, token, SCOPE)
            .is_some()
    }

    #[test]
    fn a_session_is_found_by_its_key_its_token_and_a_scope() {
        let sessions = Sessions::default();
        let one = session(1);
        assert!(!is_remembered(&sessions, &one, "token"));
        remember(&sessions, &one, "token");
        let found = sessions.remembered(one.access_key, "token", SCOPE).unwrap();
        assert!(Arc::ptr_eq(&found.session, &one));
        for token in ["", "toke", "token ", "Token"] {
            assert!(!is_remembered(&sessions, &one, token), "{token}");
        }
        assert!(!is_remembered(&sessions, &session(2), "token"));
        for scope in [
            Scope {
                date: "20261102",
                ..SCOPE
            },
            Scope {
                region: "eu-west-1",
                ..SCOPE
            },
            Scope {
                service: "iam",
                ..SCOPE
            },
        ] {
            let found = sessions.remembered(one.access_key, "token", scope);
            assert!(found.is_none(), "{scope:?}");
        }
        // Another token of the key takes its place.
        remember(&sessions, &one, "another");
        assert!(!is_remembered(&sessions, &one, "token"));
        assert!(is_remembered(&sessions, &one, "another"));
    }

    #[test]
    fn a_session_that_is_used_stays_while_others_come_and_go() {
        let sessions = Sessions::default();
        let used = session(0);
        remember(&sessions, &used, "token");
        let bound = u64::try_from(SESSIONS_BOUND).unwrap();
        for number in 1..=3 * bound {
            remember(&sessions, &session(number), "token");
            assert!(is_remembered(&sessions, &used, "token"), "{number}");
        }
        let kept =
            (1..=3 * bound).filter(|number| is_remembered(&sessions, &session(*number), "token"));
        assert!(kept.count() < SESSIONS_BOUND);
    }
}
