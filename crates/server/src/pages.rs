//! The pages that people see: sign-in, a new password, and what is behind the door.
//!
//! What a page says is [`keyward_signin::pages`]; who comes in is [`keyward_signin::Door`]. Here
//! are their HTTP: paths, cookies, forms, redirects. Nothing is changed but by a `POST` whose form
//! carries a token of the same browser.

mod answers;
mod behind_the_door;
mod cookies;
mod forms;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;

use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::ORIGIN;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use keyward_authorization::RequestContext;
use keyward_signin::Refusal;
use keyward_signin::pages::{SignInPage, TroublePage};
use keyward_signin::{Attempt, Browser, Door, Session, Stage, Unavailable, Visitor};

use crate::origin::Origin;
use crate::received::{self, Received};
use crate::{Service, hosts};

pub(crate) use answers::with_page_headers;
use answers::{html, redirect, retry_after, style_sheet};
use cookies::{Cookies, Kind};
use forms::Form;

/// What a path shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Console,
    OwnPassword,
    SignIn,
    NewPassword,
    SignOut,
    StyleSheet,
}

impl Page {
    pub(crate) fn at(path: &str) -> Option<Self> {
        match path {
            "/console" | "/console/" => Some(Self::Console),
            "/console/password" => Some(Self::OwnPassword),
            "/signin" => Some(Self::SignIn),
            "/signin/new-password" => Some(Self::NewPassword),
            "/signout" => Some(Self::SignOut),
            "/signin/keyward.css" => Some(Self::StyleSheet),
            _ => None,
        }
    }

    /// The methods that are served, as `Allow` names them.
    pub(crate) fn methods(self) -> &'static str {
        match self {
            Self::Console | Self::StyleSheet => "GET, HEAD",
            Self::OwnPassword | Self::SignIn | Self::NewPassword => "GET, HEAD, POST",
            Self::SignOut => "POST",
        }
    }

    pub(crate) fn allows(self, method: &Method) -> bool {
        self.methods().split(", ").any(|allowed| method == allowed)
    }
}

type Answer = Result<Response<Full<Bytes>>, Unavailable>;

/// One request for a page, and what its browser is told to keep.
struct PageRequest<'a> {
    door: &'a Door,
    received: &'a Received,
    source: IpAddr,
    request_context: &'a RequestContext,
    cookies: Cookies,
}

impl Service {
    /// Serves a request for a page, by a method that the page allows.
    pub(crate) async fn page(
        &self,
        page: Page,
        received: &Received,
        origin: &Origin,
    ) -> Response<Full<Bytes>> {
        if received.head.method == Method::POST {
            self.make_root_password().await;
        }
        let mut request = PageRequest {
            door: &self.door,
            received,
            source: origin.source,
            request_context: &origin.request_context,
            cookies: Cookies::of(&received.head, self.is_tls),
        };
        let answer = request.answer(page).await;
        let mut response = answer.unwrap_or_else(|error| {
            tracing::error!(%error, "a page could not be made");
            let page = TroublePage::new(Refusal::Unavailable(error));
            html(StatusCode::SERVICE_UNAVAILABLE, page.html())
        });
        request.cookies.put_into(response.headers_mut());
        with_page_headers(response, self.is_strict_transport(&received.head))
    }

    /// Whether browsers are to come by TLS alone from now on. On loopback they are not: other
    /// servers have the same name there.
    pub(crate) fn is_strict_transport(&self, head: &Parts) -> bool {
        self.is_tls && received::host(head).is_some_and(|host| !hosts::is_loopback(host))
    }
}

/// Whether a request comes from a page of another site, as far as its browser says.
///
/// `Sec-Fetch-Site` is believed first: a proxy that calls the server by another name than people do
/// makes every `Origin` look foreign.
pub(crate) fn is_from_elsewhere(head: &Parts) -> bool {
    let mut sites = head.headers.get_all("sec-fetch-site").iter().peekable();
    if sites.peek().is_some() {
        return sites.any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    }
    let host = received::host(head).unwrap_or_default();
    let mut origins = head.headers.get_all(ORIGIN).iter();
    origins.any(|origin| !hosts::is_origin_of(origin, host))
}

impl PageRequest<'_> {
    async fn answer(&mut self, page: Page) -> Answer {
        let is_sent = self.received.head.method == Method::POST;
        match page {
            Page::Console => self.console().await,
            Page::OwnPassword if is_sent => self.set_password(Stage::SignedIn).await,
            Page::OwnPassword => self.password_form(Stage::SignedIn).await,
            Page::SignIn if is_sent => self.sign_in().await,
            Page::SignIn => self.sign_in_form().await,
            Page::NewPassword if is_sent => self.set_password(Stage::NewPasswordDue).await,
            Page::NewPassword => self.password_form(Stage::NewPasswordDue).await,
            Page::SignOut => self.sign_out().await,
            Page::StyleSheet => {
                let is_signed_out = forms::says(self.received.query(), "signed-out");
                Ok(style_sheet(is_signed_out))
            }
        }
    }

    /// `GET /signin`
    async fn sign_in_form(&mut self) -> Answer {
        let visitor = self.visitor().await?;
        if visitor.is_some_and(|visitor| visitor.session.stage == Stage::SignedIn) {
            return Ok(redirect("/console"));
        }
        let query = self.received.query();
        let page = SignInPage {
            account: &forms::account_of(query),
            is_signed_out: forms::says(query, "signed-out"),
            ..SignInPage::default()
        };
        self.sign_in_page(StatusCode::OK, page)
    }

    /// `POST /signin`
    async fn sign_in(&mut self) -> Answer {
        let Some(form) = Form::of(&self.received.head.headers, &self.received.body) else {
            return self.sign_in_anew(StatusCode::BAD_REQUEST, "", "", Refusal::FormExpired);
        };
        let (account, name) = (form.text("account"), form.text("username"));
        let token = form.text("form_token");
        if !self
            .visits()
            .any(|visit| self.door.is_form_token(visit, token))
        {
            let refusal = Refusal::FormExpired;
            return self.sign_in_anew(StatusCode::FORBIDDEN, account, name, refusal);
        }
        let browser = self.browser();
        let attempt = Attempt {
            account,
            name,
            password: form.secret("password"),
            source: self.source,
            browser: &browser,
            request_context: self.request_context,
        };
        match self.door.sign_in(attempt).await {
            Ok(session) => self.let_in(&session).await,
            Err(refusal) => self.sign_in_anew(status_of(&refusal), account, name, refusal),
        }
    }

    /// Keeps the new session in the browser, and ends the one that the browser had before.
    async fn let_in(&mut self, session: &Session) -> Answer {
        if let Some(before) = self.visitor().await? {
            self.door.sign_out(&before.session).await?;
        }
        self.keep_session(session)?;
        Ok(match session.stage {
            Stage::SignedIn => {
                self.remember_browser(session).await?;
                redirect("/console")
            }
            Stage::NewPasswordDue => redirect("/signin/new-password"),
        })
    }

    /// Sets the cookie by which the browser is known the next time that this user signs in.
    async fn remember_browser(&mut self, session: &Session) -> Result<(), Unavailable> {
        let browser = self.browser();
        let cookie = self.door.remember_browser(browser, session).await?;
        self.cookies.set(Kind::Browser, cookie, Some(Browser::KEPT));
        Ok(())
    }

    /// The sign-in form after a refusal. What was typed is in it, but for the password.
    fn sign_in_anew(
        &mut self,
        status: StatusCode,
        account: &str,
        user_name: &str,
        refusal: Refusal,
    ) -> Answer {
        let wait = refusal.wait();
        let page = SignInPage {
            account,
            user_name,
            refusal: Some(refusal),
            ..SignInPage::default()
        };
        let mut response = self.sign_in_page(status, page)?;
        if let Some(wait) = wait {
            retry_after(response.headers_mut(), wait);
        }
        Ok(response)
    }

    fn sign_in_page(&mut self, status: StatusCode, page: SignInPage<'_>) -> Answer {
        let known = self.visits().next().map(str::to_owned);
        let visit = match known {
            Some(visit) => visit,
            None => {
                let visit = self.door.new_visit()?;
                self.cookies.set(Kind::Visit, visit.clone(), None);
                visit
            }
        };
        let form_token = &self.door.form_token(&visit)?;
        let page = SignInPage { form_token, ..page };
        Ok(html(status, page.html()))
    }

    /// The visitor, if the request has a cookie of a session that is valid. The cookie of a session
    /// that no longer is gets cleared.
    async fn visitor(&mut self) -> Result<Option<Visitor>, Unavailable> {
        let mut is_stale = false;
        for cookie in self.cookies.received(Kind::Session) {
            if let Some(visitor) = self.door.visitor(cookie, self.request_context).await? {
                return Ok(Some(visitor));
            }
            is_stale = true;
        }
        if is_stale {
            self.cookies.clear(Kind::Session);
        }
        Ok(None)
    }

    fn keep_session(&mut self, session: &Session) -> Result<(), Unavailable> {
        let cookie = self.door.seal_session(session)?;
        self.cookies
            .set(Kind::Session, cookie, Some(session.time()));
        Ok(())
    }

    /// The random names in the browser's cookies to which the tokens of forms before sign-in are
    /// bound.
    fn visits(&self) -> impl Iterator<Item = &str> {
        let visits = self.cookies.received(Kind::Visit);
        visits
            .filter(|visit| visit.len() == 32 && visit.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    fn browser(&self) -> Browser {
        let mut cookies = self.cookies.received(Kind::Browser);
        let known = cookies.find_map(|cookie| {
            let browser = self.door.browser(Some(cookie));
            (browser != Browser::default()).then_some(browser)
        });
        known.unwrap_or_default()
    }
}

/// The status that a refusal is told with.
fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Incorrect
        | Refusal::ExpiredForGood
        | Refusal::FormExpired
        | Refusal::NotAllowed
        | Refusal::OldIncorrect => StatusCode::FORBIDDEN,
        Refusal::HeldBack(_) | Refusal::OldHeldBack => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Busy | Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::SameAsOld
        | Refusal::Different
        | Refusal::TooLong
        | Refusal::Unfit
        | Refusal::Breaks(_)
        | Refusal::UsedBefore(_) => StatusCode::BAD_REQUEST,
    }
}
