//! Browsers that someone signed in from before: who comes back is not held back by the wrong tries of
//! others.

use keyward_account::Account;
use keyward_names::{AccountId, Age, Timestamp};
use keyward_operations::Principal;
use serde::{Deserialize, Serialize};

use crate::who::password_changed;
use crate::{Door, Session, Unavailable, sealing};

/// So long a browser is known after the last sign-in. Its cookie lives as long.
pub(crate) const KNOWN_TIME: Age = Age::days(180);
/// How many principals a browser knows at most.
const KNOWN_BOUND: usize = 8;
const PURPOSE: &str = "browser cookie";

/// A browser and who signed in from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    /// A random name; empty of a browser that nobody signed in from.
    pub(crate) id: String,
    /// The latest last.
    known: Vec<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    account: AccountId,
    principal: Principal,
    signed_in: Timestamp,
    /// When the password that opened was set. Who knew an earlier one is not known for that.
    password_changed: Option<Timestamp>,
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
}

impl Door {
    /// The browser that a cookie tells of: an unknown one where there is no cookie, or none of ours.
    #[must_use]
    pub fn browser(&self, cookie: Option<&str>) -> Browser {
        cookie
            .and_then(|text| sealing::open(self.installation(), PURPOSE, text))
            .unwrap_or_default()
    }

    /// The cookie of a browser from which someone signed in now, or changed the password.
    pub async fn remember_browser(
        &self,
        mut browser: Browser,
        session: &Session,
    ) -> Result<String, Unavailable> {
        let (account, principal) = (session.account, session.principal);
        let held = self.installation().accounts.get(account).await;
        let held = held.map_err(Unavailable::because)?;
        let password_changed =
            held.and_then(|handle| password_changed(&handle.account(), principal));
        if browser.id.is_empty() {
            browser.id = sealing::random_name()?;
        }
        let signed_in = self.now();
        browser
            .known
            .retain(|known| (known.account, known.principal) != (account, principal));
        browser.known.push(Known {
            account,
            principal,
            signed_in,
            password_changed,
        });
        let surplus = browser.known.len().saturating_sub(KNOWN_BOUND);
        browser.known.drain(..surplus);
        sealing::seal(self.installation(), PURPOSE, &browser)
    }
}
