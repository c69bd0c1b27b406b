//! The pages: from what there is to say to HTML.
//!
//! A page is a struct and a template in `templates/`, which escapes all that is put into it. Pages
//! work without any script.

mod refusal;
mod words;

use askama::Template;
use keyward_names::Timestamp;

use crate::{Refusal, Stage, Visitor};

pub use refusal::Field;

/// The style sheet of all pages.
pub const STYLE_SHEET: &str = include_str!("../templates/keyward.css");

/// The form to sign in with.
#[derive(Debug, Default, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage<'a> {
    /// For the form.
    pub form_token: &'a str,
    /// The account's id or alias, as typed before.
    pub account: &'a str,
    /// The user's name, as typed before.
    pub user_name: &'a str,
    /// Why the try before failed.
    pub refusal: Option<Refusal>,
    /// Whether someone signed out just now.
    pub is_signed_out: bool,
}

/// The form to set another password with: because one is due, or because its owner wants to.
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage<'a> {
    heading: &'static str,
    reason: &'static str,
    action: &'static str,
    button: &'static str,
    form_token: &'a str,
    who: Who<'a>,
    refusal: Option<Refusal>,
    may_change: bool,
    is_due: bool,
    rules: Vec<String>,
}

/// Where someone is who signed in: who they are, and how their password stands.
#[derive(Debug, Template)]
#[template(path = "security_credentials.html")]
pub struct SecurityCredentialsPage<'a> {
    form_token: &'a str,
    who: Who<'a>,
    arn: String,
    last_sign_in: String,
    session_ends: String,
    password_age: String,
    password_expires: Option<String>,
    warning: Option<String>,
    is_changed: bool,
    refusal: Option<Refusal>,
}

/// Says that something is not possible, where there is no form to say it on.
#[derive(Debug, Template)]
#[template(path = "trouble.html")]
pub struct TroublePage {
    heading: &'static str,
    refusal: Option<Refusal>,
}

#[derive(Debug)]
struct Who<'a> {
    name: &'a str,
    account: String,
}

impl SignInPage<'_> {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        html(self)
    }

    /// The first field that is still to be filled in. An account is no longer expected where there
    /// is a user name.
    fn focus(&self) -> Field {
        match (self.account, self.user_name) {
            ("", "") => Field::Account,
            (_, "") => Field::UserName,
            (_, _) => Field::Password,
        }
    }
}

impl<'a> PasswordPage<'a> {
    /// The page for a visitor: where a new password is due, the one before everything else, or else
    /// the one behind the door. Whoever may not change the password sees that instead of the form.
    #[must_use]
    pub fn new(
        visitor: &'a Visitor,
        form_token: &'a str,
        refusal: Option<Refusal>,
        now: Timestamp,
    ) -> Self {
        let is_due = visitor.session.stage == Stage::NewPasswordDue;
        let (heading, action, button) = if is_due {
            (
                "Set a new password",
                "/signin/new-password",
                "Set new password",
            )
        } else {
            ("Change password", "/console/password", "Change password")
        };
        let reason = match (is_due, visitor.is_password_expired(now)) {
            (true, true) => "Your password has expired. Set a new one before you go on.",
            (true, false) => "An administrator asks you to set a new password before you go on.",
            (false, _) => "You stay signed in. The new password is asked for from now on.",
        };
        let may_change = visitor.may_change_password(now) && refusal != Some(Refusal::NotAllowed);
        let refusal = if may_change {
            refusal
        } else {
            Some(Refusal::NotAllowed)
        };
        // The account's policy holds for its users alone.
        let policy = visitor
            .user()
            .and_then(|_| visitor.account.password_policy());
        Self {
            heading,
            reason,
            action,
            button,
            form_token,
            who: Who::new(visitor),
            refusal,
            may_change,
            is_due,
            rules: words::rules(policy),
        }
    }

    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        html(self)
    }

    /// The attributes that tie a field to what describes it.
    fn described(&self, field: Field) -> &'static str {
        let is_at_fault = self.refusal.as_ref().and_then(Refusal::field) == Some(field);
        match (is_at_fault, field == Field::NewPassword) {
            (true, true) => r#" aria-invalid="true" aria-describedby="error rules""#,
            (true, false) => r#" aria-invalid="true" aria-describedby="error""#,
            (false, true) => r#" aria-describedby="rules""#,
            (false, false) => "",
        }
    }
}

impl<'a> SecurityCredentialsPage<'a> {
    /// The page for a visitor who is signed in.
    #[must_use]
    pub fn new(visitor: &'a Visitor, form_token: &'a str, now: Timestamp) -> Self {
        let before = visitor.session.sign_in_before;
        let expires = visitor.password_expires();
        Self {
            form_token,
            who: Who::new(visitor),
            arn: visitor.arn(),
            last_sign_in: before.map_or_else(
                || "This is your first sign-in".to_owned(),
                |before| words::moment(before, now),
            ),
            session_ends: words::date_and_time(visitor.session.ends()),
            password_age: visitor.password_changed().map_or_else(
                || "it is not known when it was set".to_owned(),
                |changed| words::password_age(changed, now),
            ),
            password_expires: expires.map(words::date_and_time),
            warning: expires.and_then(|expires| words::expiry_warning(expires, now)),
            is_changed: false,
            refusal: None,
        }
    }

    /// Says that the password was changed just now.
    #[must_use]
    pub fn with_change_told(self, is_changed: bool) -> Self {
        Self { is_changed, ..self }
    }

    /// Says why something was refused.
    #[must_use]
    pub fn with_refusal(self, refusal: Refusal) -> Self {
        let refusal = Some(refusal);
        Self { refusal, ..self }
    }

    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        html(self)
    }
}

impl TroublePage {
    /// A page that tells of a refusal and nothing else.
    #[must_use]
    pub fn new(refusal: Refusal) -> Self {
        Self {
            heading: "Not possible just now",
            refusal: Some(refusal),
        }
    }

    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        html(self)
    }
}

impl<'a> Who<'a> {
    fn new(visitor: &'a Visitor) -> Self {
        let id = visitor.account.id();
        let account = match visitor.account.alias() {
            Some(alias) => format!("{id} ({alias})"),
            None => id.to_string(),
        };
        Self {
            name: visitor.name(),
            account,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "writing to a string fails only where a value refuses to be printed, and texts do not"
)]
fn html(page: &impl Template) -> String {
    page.render().expect("texts can be written")
}

#[cfg(test)]
mod tests;
