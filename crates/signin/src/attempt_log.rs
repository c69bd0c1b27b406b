//! What the log says of attempts to sign in.

use std::net::IpAddr;

use crate::refusal::Refusal;
use crate::session::{Session, Stage};
use crate::who::{Found, principal_of_log};

/// Sees to it that every attempt is in the log, also one whose browser hangs up before it is
/// answered. A typed name that nobody has is not logged: it may be a password in the wrong field.
pub(crate) struct AttemptLog {
    account: String,
    principal: String,
    source: IpAddr,
    is_told: bool,
}

impl AttemptLog {
    pub(crate) fn of(found: &Found, source: IpAddr) -> Self {
        let (account, principal) = match found {
            Found::Someone { handle, principal } => (
                handle.account().id().to_string(),
                principal_of_log(*principal),
            ),
            Found::Nobody(id) => (id.to_string(), "-".to_owned()),
            Found::Nowhere => ("-".to_owned(), "-".to_owned()),
        };
        Self {
            account,
            principal,
            source,
            is_told: false,
        }
    }

    pub(crate) fn tell(mut self, outcome: &Result<Session, Refusal>) {
        self.is_told = true;
        let outcome = match outcome {
            Ok(session) => match session.stage {
                Stage::SignedIn => "signed in",
                Stage::NewPasswordDue => "a new password is due",
            },
            Err(Refusal::Unavailable(error)) => {
                let Self {
                    account,
                    principal,
                    source,
                    ..
                } = &self;
                tracing::error!(account, principal, %source, %error, "sign-in failed");
                return;
            }
            Err(refusal) => refusal.logged(),
        };
        self.say(outcome);
    }

    fn say(&self, outcome: &str) {
        let Self {
            account,
            principal,
            source,
            ..
        } = self;
        tracing::info!(account, principal, %source, outcome, "sign-in");
    }
}

impl Drop for AttemptLog {
    fn drop(&mut self) {
        if !self.is_told {
            self.say("abandoned");
        }
    }
}
