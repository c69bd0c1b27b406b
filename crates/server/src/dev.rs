//! What only `dev` serves: tests put everything back to empty, make accounts, and tell the time.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use keyward_engine::{AdministrationError, NewAccount, random_account_id};
use keyward_names::{AccountId, Age, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Service;
use crate::dev_account::{dev_root_email, make_dev_account};
use crate::options::Mode;
use crate::received::Received;

/// The times that the clock can be told. The last, 9990-01-01T00:00:00Z, leaves room for every
/// expiry, of three years at most, before the year 10000, which dates can't be written in.
const EARLIEST_TOLD: Timestamp = Timestamp::from_unix_seconds(0);
const LATEST_TOLD: Timestamp = Timestamp::from_unix_seconds(253_086_768_000);

/// The most refusals in an answer.
const MOST_REFUSALS: usize = 100;

type Answer = Result<(StatusCode, Value), Problem>;

/// Why a request was not done.
struct Problem {
    status: StatusCode,
    message: String,
}

/// The body of `POST /_keyward/accounts`; all may be left out.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountRequest {
    account_id: Option<String>,
    account_name: Option<String>,
    root_email: Option<String>,
}

/// The body of `POST /_keyward/reset`, if it has one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetRequest {
    account_id: String,
}

/// The body of `POST /_keyward/clock`: one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    set: Option<String>,
    advance: Option<String>,
}

impl Service {
    pub(crate) async fn dev(&self, path: &str, received: &Received) -> Response<Full<Bytes>> {
        let answer = match (&received.head.method, path) {
            (&Method::POST, "/_keyward/reset") => self.reset(&received.body).await,
            (&Method::POST, "/_keyward/accounts") => self.make_account(&received.body).await,
            (&Method::GET, "/_keyward/refusals") => self.refusals(received.query()),
            (&Method::GET, "/_keyward/clock") => Ok(self.clock()),
            (&Method::POST, "/_keyward/clock") => self.tell_clock(&received.body),
            _ => Err(problem(StatusCode::NOT_FOUND, "no such path or method")),
        };
        let (status, body) = answer.unwrap_or_else(|Problem { status, message }| {
            (status, json!({ "error": { "message": message } }))
        });
        let mut response = Response::new(Full::new(Bytes::from(format!("{body}\n"))));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    /// Empties one account, or everything.
    async fn reset(&self, body: &[u8]) -> Answer {
        if !body.is_empty() {
            let ResetRequest { account_id } = read(body)?;
            let id = AccountId::parse(&account_id)
                .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))?;
            return self.reset_account(id).await;
        }
        for id in self
            .installation
            .account_ids()
            .await
            .map_err(AdministrationError::Store)?
        {
            match self.installation.end_account(id).await {
                Ok(()) | Err(AdministrationError::NoSuchAccount(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.installation
            .clock()
            .set(keyward_engine::Clock::real_now());
        self.door.forget_tries();
        self.make_default_account().await?;
        Ok((StatusCode::OK, json!({ "reset": true })))
    }

    /// Empties an account and leaves all others, and the clock, as they are. One that was made without
    /// being asked for is made again when it is next needed.
    async fn reset_account(&self, id: AccountId) -> Answer {
        match self.installation.end_account(id).await {
            Ok(()) | Err(AdministrationError::NoSuchAccount(_)) => {}
            Err(error) => return Err(error.into()),
        }
        self.make_default_account().await?;
        let answer = json!({ "reset": true, "account_id": id.to_string() });
        Ok((StatusCode::OK, answer))
    }

    async fn make_default_account(&self) -> Result<(), Problem> {
        if let Mode::Dev(dev) = &self.options.mode {
            let mut is_set = self.root_password_is_set.lock().await;
            make_dev_account(&self.installation, dev.account).await?;
            *is_set = false;
        }
        Ok(())
    }

    /// Sees to it that the root user of the default account has its password.
    pub(crate) async fn make_root_password(&self) {
        let Mode::Dev(dev) = &self.options.mode else {
            return;
        };
        let Some(password) = &dev.root_password else {
            return;
        };
        let mut is_set = self.root_password_is_set.lock().await;
        if *is_set {
            return;
        }
        let set = self
            .installation
            .set_root_password(dev.account, password.clone());
        match set.await {
            Ok(()) => *is_set = true,
            Err(error) => tracing::warn!(%error, "root has no password yet"),
        }
    }

    async fn make_account(&self, body: &[u8]) -> Answer {
        let request: AccountRequest = if body.is_empty() {
            AccountRequest::default()
        } else {
            read(body)?
        };
        let id = match request.account_id {
            Some(text) => AccountId::parse(&text)
                .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))?,
            None => random_account_id().map_err(internal)?,
        };
        let root_email = request.root_email.unwrap_or_else(|| dev_root_email(id));
        let new = NewAccount {
            id,
            name: request.account_name.unwrap_or_else(|| format!("dev-{id}")),
            root_email: root_email.clone(),
            with_root_credentials: true,
        };
        let made = self.installation.create_account(new).await?;
        let credentials =
            made.ok_or_else(|| internal("the account was made without root credentials"))?;
        Ok((
            StatusCode::CREATED,
            json!({
                "account_id": id.to_string(),
                "access_key_id": credentials.access_key_id.as_str(),
                "secret_access_key": credentials.secret_access_key.expose(),
                "root_email": root_email,
                "root_password": credentials.password.expose(),
            }),
        ))
    }

    /// The last requests that policies refused, the newest first, or the one of `request_id`.
    fn refusals(&self, query: Option<&str>) -> Answer {
        let wanted = query.and_then(|query| query.strip_prefix("request_id="));
        if query.is_some_and(|query| !query.is_empty()) && wanted.is_none() {
            let usage = "give no query, or ?request_id=ID";
            return Err(problem(StatusCode::BAD_REQUEST, usage));
        }
        let kept = self.installation.refusals();
        let refusals = match wanted {
            Some(id) => kept.of_request(id).into_iter().collect(),
            None => kept.newest_first(),
        };
        let explain = match &self.options.mode {
            Mode::Dev(dev) => dev.explain,
            Mode::Serve => None,
        };
        let shown = refusals.iter().take(MOST_REFUSALS).map(|refused| {
            let denied = &refused.denied;
            json!({
                "request_id": refused.request_id,
                "time": refused.time.to_string(),
                "account_id": denied.account.to_string(),
                "caller": denied.caller_arn,
                "action": denied.action,
                "resource": denied.resource_arn,
                "message": refused.message,
                // As a text, so that places in the policies are those that the explanation tells.
                "question": refused.question(),
                "explanation": explain.map(|explain| explain(refused)),
            })
        });
        let shown: Vec<Value> = shown.collect();
        Ok((StatusCode::OK, json!({ "refusals": shown })))
    }

    fn clock(&self) -> (StatusCode, Value) {
        (
            StatusCode::OK,
            json!({ "now": self.installation.clock().now().to_string() }),
        )
    }

    fn tell_clock(&self, body: &[u8]) -> Answer {
        let usage = || {
            problem(
                StatusCode::BAD_REQUEST,
                r#"give {"set": "2026-11-24T12:00:00Z"} or {"advance": "90d"}"#,
            )
        };
        match read(body)? {
            ClockRequest {
                set: Some(time),
                advance: None,
            } => {
                let time = Timestamp::parse(&time).map_err(|_| usage())?;
                check_told(time)?;
                self.installation.clock().set(time);
            }
            ClockRequest {
                set: None,
                advance: Some(by),
            } => {
                let by = parse_age(&by).ok_or_else(usage)?;
                check_told(self.installation.clock().now().plus(by))?;
                self.installation.clock().advance(by);
            }
            ClockRequest { .. } => return Err(usage()),
        }
        Ok(self.clock())
    }
}

/// Whether the clock may be told this time.
fn check_told(time: Timestamp) -> Result<(), Problem> {
    if (EARLIEST_TOLD..=LATEST_TOLD).contains(&time) {
        return Ok(());
    }
    Err(problem(
        StatusCode::BAD_REQUEST,
        &format!("the clock can be told times from {EARLIEST_TOLD} to {LATEST_TOLD}"),
    ))
}

/// A span such as `90d`, `12h`, `1d 2h 30m`, `45s`; days have 24 hours.
fn parse_age(text: &str) -> Option<Age> {
    let span: jiff::Span = text.parse().ok()?;
    let seconds = span
        .total((
            jiff::Unit::Second,
            jiff::SpanRelativeTo::days_are_24_hours(),
        ))
        .ok()?;
    // A float of seconds is exact far beyond any age that makes sense here.
    let whole = seconds.abs() < 1e12 && seconds.fract() == 0.0;
    whole.then(|| Age::seconds(seconds as i64))
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| problem(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn problem(status: StatusCode, message: &str) -> Problem {
    Problem {
        status,
        message: message.to_owned(),
    }
}

fn internal(error: impl ToString) -> Problem {
    problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}

impl From<AdministrationError> for Problem {
    fn from(error: AdministrationError) -> Self {
        let status = match &error {
            AdministrationError::AlreadyExists(_) | AdministrationError::RootEmailTaken(_) => {
                StatusCode::CONFLICT
            }
            AdministrationError::NoSuchAccount(_) => StatusCode::NOT_FOUND,
            AdministrationError::Store(_)
            | AdministrationError::Hash(_)
            | AdministrationError::Random(_)
            | AdministrationError::Seal
            | AdministrationError::Refused(_)
            | AdministrationError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        problem(status, &error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_told_nothing_that_dates_derived_from_it_cannot_say() {
        let told = |text: &str| check_told(Timestamp::parse(text).unwrap()).is_ok();
        assert!(told("1970-01-01T00:00:00Z"));
        assert!(told("9990-01-01T00:00:00Z"));
        assert!(!told("9990-01-01T00:00:01Z"));
        assert!(!told("9999-12-30T22:00:00Z"));
        assert!(!told("1969-12-31T23:59:59Z"));
        assert!(!told("-000001-01-01T00:00:00Z"));
        let longest_expiry = LATEST_TOLD.plus(Age::days(1_095));
        assert_eq!(
            Timestamp::parse(&longest_expiry.to_string()).ok(),
            Some(longest_expiry)
        );
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        assert_eq!(parse_age("90d"), Some(Age::days(90)));
        assert_eq!(parse_age("1d 2h"), Some(Age::seconds(93_600)));
        assert_eq!(parse_age("45s"), Some(Age::seconds(45)));
        for text in ["", "90", "d", "a day", "0.5s"] {
            assert_eq!(parse_age(text), None, "{text}");
        }
    }
}
