//! The pages that need a session: where one is signed in, and where another password is set.

use hyper::StatusCode;
use keyward_signin::Refusal;
use keyward_signin::pages::{PasswordPage, SecurityCredentialsPage};
use keyward_signin::{Passwords, Stage, Visitor};

use super::answers::{html, redirect};
use super::cookies::Kind;
use super::forms::{self, Form};
use super::{Answer, PageRequest, status_of};

impl PageRequest<'_> {
    /// `GET /console`
    pub(super) async fn console(&mut self) -> Answer {
        let query = self.received.query();
        let Some(visitor) = self.visitor().await? else {
            let account = forms::account_of(query);
            return Ok(redirect(&forms::sign_in_location(&account)));
        };
        if visitor.session.stage == Stage::NewPasswordDue {
            return Ok(redirect("/signin/new-password"));
        }
        let form_token = self.door.form_token(&visitor.session.id)?;
        let page = SecurityCredentialsPage::new(&visitor, &form_token, self.door.now())
            .with_change_told(forms::says(query, "changed"));
        Ok(html(StatusCode::OK, page.html()))
    }

    /// `GET /signin/new-password` for those of whom a new one is due, and `GET /console/password`
    /// for those who are signed in.
    pub(super) async fn password_form(&mut self, stage: Stage) -> Answer {
        let Some(visitor) = self.visitor().await? else {
            return Ok(redirect("/signin"));
        };
        if visitor.session.stage != stage {
            return Ok(redirect(place_of(visitor.session.stage)));
        }
        if visitor.may_change_password(self.door.now()) {
            self.password_page(StatusCode::OK, &visitor, None)
        } else {
            self.password_anew(&visitor, Refusal::NotAllowed)
        }
    }

    /// `POST` of the same.
    pub(super) async fn set_password(&mut self, stage: Stage) -> Answer {
        let Some(visitor) = self.visitor().await? else {
            let status = status_of(&Refusal::FormExpired);
            return self.sign_in_anew(status, "", "", Refusal::FormExpired);
        };
        if visitor.session.stage != stage {
            return Ok(redirect(place_of(visitor.session.stage)));
        }
        let Some(form) = Form::of(&self.received.head.headers, &self.received.body) else {
            let refusal = Some(Refusal::FormExpired);
            return self.password_page(StatusCode::BAD_REQUEST, &visitor, refusal);
        };
        if !self.is_own_form(&form, &visitor) {
            return self.password_anew(&visitor, Refusal::FormExpired);
        }
        let passwords = Passwords {
            old: form.secret("old_password"),
            new: form.secret("new_password"),
            confirmed: form.secret("confirm_password"),
        };
        let changed = self.door.change_password(&visitor, &passwords, self.source);
        let outcome = changed.await;
        let session = match outcome {
            Ok(session) => session,
            Err(refusal) => return self.password_anew(&visitor, refusal),
        };
        self.remember_browser(&session).await?;
        Ok(match stage {
            Stage::NewPasswordDue => {
                self.keep_session(&session)?;
                redirect("/console")
            }
            Stage::SignedIn => redirect("/console?changed"),
        })
    }

    /// `POST /signout`
    pub(super) async fn sign_out(&mut self) -> Answer {
        let Some(visitor) = self.visitor().await? else {
            return Ok(redirect("/signin?signed-out"));
        };
        let form = Form::of(&self.received.head.headers, &self.received.body);
        if !form.is_some_and(|form| self.is_own_form(&form, &visitor)) {
            return self.not_signed_out(&visitor);
        }
        self.door.sign_out(&visitor.session).await?;
        self.cookies.clear(Kind::Session);
        Ok(redirect("/signin?signed-out"))
    }

    fn not_signed_out(&mut self, visitor: &Visitor) -> Answer {
        match visitor.session.stage {
            Stage::NewPasswordDue => self.password_anew(visitor, Refusal::FormExpired),
            Stage::SignedIn => {
                let form_token = self.door.form_token(&visitor.session.id)?;
                let page = SecurityCredentialsPage::new(visitor, &form_token, self.door.now())
                    .with_refusal(Refusal::FormExpired);
                Ok(html(StatusCode::FORBIDDEN, page.html()))
            }
        }
    }

    fn password_anew(&mut self, visitor: &Visitor, refusal: Refusal) -> Answer {
        self.password_page(status_of(&refusal), visitor, Some(refusal))
    }

    fn password_page(
        &mut self,
        status: StatusCode,
        visitor: &Visitor,
        refusal: Option<Refusal>,
    ) -> Answer {
        let form_token = self.door.form_token(&visitor.session.id)?;
        let page = PasswordPage::new(visitor, &form_token, refusal, self.door.now());
        Ok(html(status, page.html()))
    }

    fn is_own_form(&self, form: &Form<'_>, visitor: &Visitor) -> bool {
        let token = form.text("form_token");
        self.door.is_form_token(&visitor.session.id, token)
    }
}

/// The page to which a session of this stage is led.
fn place_of(stage: Stage) -> &'static str {
    match stage {
        Stage::NewPasswordDue => "/signin/new-password",
        Stage::SignedIn => "/console",
    }
}
