//! The cookie by which a browser is known again.

use crate::browser::{Browser, Known};
use crate::session::Session;
use crate::who::password_changed;
use crate::{Door, Unavailable, sealing};

const PURPOSE: &str = "browser cookie";

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
        let held = self.installation().account(account).await;
        let held = held.map_err(Unavailable::because)?;
        let password_changed =
            held.and_then(|handle| password_changed(&handle.account(), principal));
        if browser.id.is_empty() {
            browser.id = sealing::random_name()?;
        }
        let signed_in = self.now();
        browser.note(Known {
            account,
            principal,
            signed_in,
            password_changed,
        });
        sealing::seal(self.installation(), PURPOSE, &browser)
    }
}
