//! Sessions: what a browser keeps of a sign-in.
//!
//! A session is sealed into a cookie, and the server keeps nothing of it. It ends after twelve hours,
//! or after as long as the user's `MaxSigninSessionDuration` said at sign-in; when its user or login profile is gone, or when it was signed out of: that alone is remembered, as
//! a key that was used up.

use keyward_account::Account;
use keyward_authorization::Principal;
use keyward_names::{AccountId, Age, Timestamp};
use serde::{Deserialize, Serialize};

use crate::who::{profile_of, salt_of};
use crate::{Unavailable, sealing};

/// How long a session lasts where the login profile does not say: twelve hours, as at AWS.
pub(crate) const SESSION_TIME: Age = Age::seconds(12 * 60 * 60);
/// How long a session lasts in which a new password is due.
const NEW_PASSWORD_TIME: Age = Age::seconds(15 * 60);

/// How far someone is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The password was right, but another must be set before anything else.
    NewPasswordDue,
    /// Signed in.
    SignedIn,
}

/// A sign-in, as its browser keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// A random name. Form tokens are bound to it.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Who.
    pub principal: Principal,
    /// Since when.
    pub begun: Timestamp,
    /// When the principal had signed in before.
    pub sign_in_before: Option<Timestamp>,
    /// How far.
    pub stage: Stage,
    /// How many seconds it lasts once someone is signed in, where that is not [`SESSION_TIME`]: the
    /// user's `MaxSigninSessionDuration` as it was at sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<u32>,
    /// The salt of the password that was right.
    salt: [u8; 16],
}

impl Session {
    /// A new session for someone whose password was right just now; `None` if there is no password
    /// any more.
    pub(crate) fn begin(
        account: &Account,
        principal: Principal,
        stage: Stage,
        begun: Timestamp,
        sign_in_before: Option<Timestamp>,
    ) -> Result<Option<Self>, Unavailable> {
        let Some(salt) = salt_of(account, principal) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: sealing::random_name()?,
            account: account.id(),
            principal,
            begun,
            sign_in_before,
            stage,
            seconds: profile_of(account, principal)
                .and_then(|profile| profile.max_signin_session_duration),
            salt: salt.0,
        }))
    }

    /// Whether the password is still that of the same owner: not one of a login profile made anew.
    pub(crate) fn is_of(&self, account: &Account) -> bool {
        salt_of(account, self.principal).is_some_and(|salt| salt.0 == self.salt)
    }

    /// When the session ends by itself.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.begun.plus(self.time())
    }

    /// How long the session lasts from its beginning.
    #[must_use]
    pub fn time(&self) -> Age {
        match self.stage {
            Stage::NewPasswordDue => NEW_PASSWORD_TIME,
            Stage::SignedIn => self
                .seconds
                .map_or(SESSION_TIME, |seconds| Age::seconds(seconds.into())),
        }
    }
}
