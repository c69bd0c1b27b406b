//! Tokens in forms, so that no other site can send one: a token is good only from the browser that
//! got the form.

use keyward_names::{Age, Timestamp};
use serde::{Deserialize, Serialize};

use crate::session::SESSION_TIME;
use crate::{Door, Unavailable, sealing};

#[derive(Serialize, Deserialize)]
struct FormToken {
    issued: Timestamp,
}

impl Door {
    /// A name for a browser that has no session yet, to bind form tokens to. The browser keeps it in
    /// a cookie.
    pub fn new_visit(&self) -> Result<String, Unavailable> {
        sealing::random_name()
    }

    /// A token for the forms of one browser: bound to the id of its session, or to its visit.
    pub fn form_token(&self, bound_to: &str) -> Result<String, Unavailable> {
        let issued = self.now();
        sealing::seal(
            self.installation(),
            &purpose(bound_to),
            &FormToken { issued },
        )
    }

    /// Whether a token is one that was made for this browser, not longer ago than a session lasts.
    #[must_use]
    pub fn is_form_token(&self, bound_to: &str, token: &str) -> bool {
        let opened = sealing::open::<FormToken>(self.installation(), &purpose(bound_to), token);
        opened.is_some_and(|FormToken { issued }| {
            let age = self.now().since(issued);
            (Age::seconds(0)..SESSION_TIME).contains(&age)
        })
    }
}

fn purpose(bound_to: &str) -> String {
    format!("form token of {bound_to}")
}
