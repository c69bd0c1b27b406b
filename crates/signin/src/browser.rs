//! Browsers that someone signed in from before: who comes back is not held back by the wrong tries of
//! others.

use keyward_account::Account;
use keyward_authorization::Principal;
use keyward_names::{AccountId, Age, Timestamp};
use serde::{Deserialize, Serialize};

use crate::who::password_changed;

/// So long a browser is known after the last sign-in. Its cookie lives as long.
pub(crate) const KNOWN_TIME: Age = Age::days(180);
/// How many principals a browser knows at most.
const KNOWN_BOUND: usize = 8;

/// A browser and who signed in from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    /// A random name; empty of a browser that nobody signed in from.
    pub(crate) id: String,
    /// The latest last.
    known: Vec<Known>,
}

/// Who signed in from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) account: AccountId,
    pub(crate) principal: Principal,
    pub(crate) signed_in: Timestamp,
    /// When the password that was right was set. A sign-in with an earlier password does not count.
    pub(crate) password_changed: Option<Timestamp>,
}

impl Browser {
    /// For how long the cookie is to be kept.
    pub const KEPT: Age = KNOWN_TIME;

    /// Whether anyone signed in from here before.
    pub(crate) fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// Whether someone signed in from here before with the present password, not too long ago.
    pub(crate) fn knows(&self, account: &Account, principal: Principal, now: Timestamp) -> bool {
        self.known.iter().any(|known| {
            let is_recent = now.since(known.signed_in) < KNOWN_TIME;
            (known.account, known.principal) == (account.id(), principal)
                && known.password_changed == password_changed(account, principal)
                && is_recent
        })
    }

    /// Notes who signed in from here now.
    pub(crate) fn note(&mut self, now: Known) {
        self.known
            .retain(|known| (known.account, known.principal) != (now.account, now.principal));
        self.known.push(now);
        let surplus = self.known.len().saturating_sub(KNOWN_BOUND);
        self.known.drain(..surplus);
    }
}
