//! A browser without a window: it keeps cookies and fills in forms.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::dev_options;
use keyward_server::{Limits, Mode};

use crate::{Running, exchange, start_as};

pub(super) const PASSWORD: &str = "First-Password-1";

/// A server where Bob has a password, whose profile is made with these further parameters, and may
/// change it.
pub(super) async fn start_with_bob(profile: &str) -> Running {
    start_as_with_bob(Mode::Dev(dev_options()), profile).await
}

pub(super) async fn start_as_with_bob(mode: Mode, profile: &str) -> Running {
    let running = start_as(mode, Limits::default()).await;
    let root = running.world.root();
    let profile = format!("UserName=Bob&Password={PASSWORD}{profile}");
    for (action, form) in [
        (
            "UpdateAccountPasswordPolicy",
            "AllowUsersToChangePassword=true",
        ),
        ("CreateUser", "UserName=Bob"),
        ("CreateLoginProfile", &profile),
    ] {
        assert_eq!(root.ask(action, form).await.fault(), "200");
    }
    running
}

pub(super) struct Browser {
    address: SocketAddr,
    host: String,
    cookies: BTreeMap<String, String>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Browser {
    pub(super) fn at(running: &Running) -> Self {
        Self::called(running, &running.address.to_string())
    }

    /// One that calls the server so.
    pub(super) fn called(running: &Running, host: &str) -> Self {
        Self {
            address: running.address,
            host: host.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub(super) async fn get(&mut self, target: &str) -> Answer {
        self.send(&format!("GET {target}"), &[], "").await
    }

    pub(super) async fn post(&mut self, path: &str, form: &[(&str, String)]) -> Answer {
        let pairs = form.iter().map(|(name, value)| {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("{name}={value}")
        });
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send(&format!("POST {path}"), &[], &body).await
    }

    /// Opens a page, fills in its form and sends it.
    pub(super) async fn submit(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(&str, String)],
    ) -> Answer {
        let token = self.get(page).await.form_token(action);
        let mut form = vec![("form_token", token)];
        form.extend_from_slice(fields);
        self.post(action, &form).await
    }

    /// Signs in from the form, wherever it is signed in now.
    pub(super) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let token = self.get("/signin").await.form_token("/signin");
        self.post_sign_in(&token, name, password).await
    }

    pub(super) async fn post_sign_in(&mut self, token: &str, name: &str, password: &str) -> Answer {
        let fields = [
            ("form_token", token.to_owned()),
            ("account", "123456789012".to_owned()),
            ("username", name.to_owned()),
            ("password", password.to_owned()),
        ];
        self.post("/signin", &fields).await
    }

    pub(super) async fn follow(&mut self, answer: Answer) -> Answer {
        self.get(answer.location()).await
    }

    /// Sends a request: its line without the version, headers over the usual ones, and a body.
    pub(super) async fn send(
        &mut self,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request.push_str("content-type: application/x-www-form-urlencoded\r\n");
        }
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let pairs = pairs.collect::<Vec<_>>().join("; ");
            request.push_str(&format!("cookie: {pairs}\r\n"));
        }
        request.push_str(&format!("\r\n{body}"));
        let answer = Answer::read(&exchange(self.address, request.as_bytes()).await);
        for set in answer.all("set-cookie") {
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// The value of the cookie of this kind.
    pub(super) fn cookie(&self, kind: &str) -> Option<String> {
        let kind = format!("keyward-{kind}");
        let mut cookies = self.cookies.iter();
        cookies
            .find(|(name, _)| name.contains(&kind))
            .map(|(_, value)| value.clone())
    }

    /// The cookie of this kind as it is sent.
    pub(super) fn pair(&self, kind: &str) -> Option<String> {
        let value = self.cookie(kind)?;
        Some(format!("keyward-{kind}-{}={value}", self.address.port()))
    }

    /// Puts a cookie back.
    pub(super) fn keep(&mut self, kind: &str, value: &str) {
        let name = format!("keyward-{kind}-{}", self.address.port());
        self.cookies.insert(name, value.to_owned());
    }

    pub(super) fn forget(&mut self) {
        self.cookies.clear();
    }
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.headers(name).map(str::to_owned).collect()
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    #[track_caller]
    pub(super) fn leads_to(&self, location: &str) {
        assert_eq!(
            (self.status, self.location()),
            (303, location),
            "{}",
            self.body
        );
    }

    /// The token of the form that goes there.
    #[track_caller]
    pub(super) fn form_token(&self, action: &str) -> String {
        let form = format!("action=\"{action}\"");
        assert!(self.body.contains(&form), "no {form}: {}", self.body);
        let (_, form) = self.body.split_once(&form).unwrap();
        let (_, token) = form.split_once("name=\"form_token\" value=\"").unwrap();
        token.split_once('"').unwrap().0.to_owned()
    }
}
