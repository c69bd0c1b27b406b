//! Sessions that were opened before.
//!
//! To open a session token and derive a signing key from what is in it costs more than to check a
//! signature, and whoever holds a session asks again and again while it lasts.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use keyward_authorization::sessions::Session;
use keyward_names::{AccessKeyId, Timestamp};
use keyward_sigv4::{Scope, SigningKey};
use subtle::ConstantTimeEq;

use crate::signing_keys::ScopedKeys;

/// How many sessions are remembered before the memory is begun anew.
const SESSIONS_BOUND: usize = 10_000;

/// The memory.
#[derive(Default)]
pub(crate) struct Sessions(RwLock<HashMap<AccessKeyId, Opened>>);

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
        let sessions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let opened = sessions.get(&access_key)?;
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
        now: Timestamp,
    ) {
        let mut sessions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= SESSIONS_BOUND && !sessions.contains_key(&session.access_key) {
            sessions.retain(|_, opened| opened.session.expires > now);
            if sessions.len() >= SESSIONS_BOUND {
                sessions.clear();
            }
        }
        let new = || Opened {
            session: Arc::clone(session),
            token: token.into(),
            keys: ScopedKeys::default(),
        };
        let opened = sessions.entry(session.access_key).or_insert_with(new);
        if !opened.is_of(token) {
            *opened = new();
        }
        opened.keys.add(scope, key);
    }
}

#[cfg(test)]
mod tests {
    use keyward_authorization::Principal;
    use keyward_authorization::sessions::{Holder, SessionPolicies};
    use keyward_names::{AccessKeyKind, AccountId};

    use super::*;

    const SCOPE: Scope<'_> = Scope {
        date: "20261101",
        region: "us-east-1",
        service: "sts",
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_795_000_000 + seconds)
    }

    fn session(number: u64, expires: i64) -> Arc<Session> {
        let account = AccountId::from_number(1).unwrap();
        Arc::new(Session {
            access_key: AccessKeyId::mint(AccessKeyKind::Temporary, account, number),
            issued: at(0),
            expires: at(expires),
            account_made: at(0),
            holder: Holder::Own(Principal::Root),
            mfa: None,
            tags: Box::default(),
            policies: SessionPolicies::default(),
        })
    }

    fn remember(sessions: &Sessions, session: &Arc<Session>, token: &str, now: i64) {
        let key = Arc::new(SigningKey::derive("secret", SCOPE));
        sessions.remember(session, token, SCOPE, key, at(now));
    }

    fn is_remembered(sessions: &Sessions, session: &Session, token: &str) -> bool {
        sessions
            .remembered(session.access_key, token, SCOPE)
            .is_some()
    }

    #[test]
    fn a_session_is_found_by_its_key_its_token_and_a_scope() {
        let sessions = Sessions::default();
        let one = session(1, 60);
        assert!(!is_remembered(&sessions, &one, "token"));
        remember(&sessions, &one, "token", 0);
        let found = sessions.remembered(one.access_key, "token", SCOPE).unwrap();
        assert!(Arc::ptr_eq(&found.session, &one));
        for token in ["", "toke", "token ", "Token"] {
            assert!(!is_remembered(&sessions, &one, token), "{token}");
        }
        assert!(!is_remembered(&sessions, &session(2, 60), "token"));
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
        remember(&sessions, &one, "another", 0);
        assert!(!is_remembered(&sessions, &one, "token"));
        assert!(is_remembered(&sessions, &one, "another"));
    }

    #[test]
    fn where_there_is_no_room_those_that_ended_go_first() {
        let sessions = Sessions::default();
        let bound = u64::try_from(SESSIONS_BOUND).unwrap();
        for number in 0..bound {
            let ends = if number % 2 == 0 { 60 } else { 600 };
            remember(&sessions, &session(number, ends), "token", 0);
        }
        let first = session(0, 60);
        assert!(is_remembered(&sessions, &first, "token"));
        // One that is known already needs no room.
        remember(&sessions, &first, "token", 60);
        assert!(is_remembered(&sessions, &first, "token"));
        let more = session(bound, 600);
        remember(&sessions, &more, "token", 60);
        assert!(!is_remembered(&sessions, &first, "token"));
        for known in [&session(1, 600), &more] {
            assert!(is_remembered(&sessions, known, "token"));
        }
        // Where none has ended, all are forgotten.
        for number in bound..bound + bound / 2 {
            remember(&sessions, &session(number, 600), "token", 60);
        }
        let last = session(2 * bound, 600);
        remember(&sessions, &last, "token", 60);
        assert!(!is_remembered(&sessions, &more, "token"));
        assert!(is_remembered(&sessions, &last, "token"));
    }
}
