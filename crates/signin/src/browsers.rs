//! Browsers that someone signed in from before: who comes back is not held back by the wrong tries of
//! others.

use keyward_names::{AccountId, Age, Timestamp};
use keyward_operations::Principal;
use serde::{Deserialize, Serialize};

use crate::{Door, Unavailable, sealing};

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
}

impl Browser {
    /// For how long the cookie is to be kept.
    pub const KEPT: Age = KNOWN_TIME;

    /// Whether someone signed in from here before, not too long ago.
    pub(crate) fn knows(&self, account: AccountId, principal: Principal, now: Timestamp) -> bool {
        self.known.iter().any(|known| {
            let is_recent = now.since(known.signed_in) < KNOWN_TIME;
            known.account == account && known.principal == principal && is_recent
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

    /// The cookie of a browser from which someone signed in now.
    pub fn remember_browser(
        &self,
        mut browser: Browser,
        account: AccountId,
        principal: Principal,
    ) -> Result<String, Unavailable> {
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
        });
        let surplus = browser.known.len().saturating_sub(KNOWN_BOUND);
        browser.known.drain(..surplus);
        sealing::seal(self.installation(), PURPOSE, &browser)
    }
}
