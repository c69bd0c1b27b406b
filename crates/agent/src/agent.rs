//! The agent: listens, judges who asks, and answers.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use keyward_inbound::{Accepted, Limits, Listener, Stopped};
use keyward_names::Timestamp;
use serde_json::{Value, json};

use crate::assume_role::{Role, RoleError};
use crate::credentials::TemporaryCredentials;
use crate::guard::{AuthorizationToken, PATH, judge};
use crate::keeper::{Clock, Keeper, Outcome};

/// Programs ask once an hour or so, with a head of some hundred bytes.
const LIMITS: Limits = Limits {
    connections: 256,
    header_time: Duration::from_secs(10),
    header_bytes: 16 * 1024,
    write_time: Duration::from_secs(10),
    drain_time: Duration::from_secs(5),
};

/// What an agent does.
pub struct AgentOptions {
    /// The role whose credentials it hands out.
    pub role: Role,
    /// What those who ask must know.
    pub token: AuthorizationToken,
    /// Tells the time.
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// An agent that listens.
pub struct Agent {
    listener: Listener,
    address: SocketAddr,
    service: Arc<Service>,
}

struct Service {
    role_arn: String,
    token: AuthorizationToken,
    keeper: Keeper<Role>,
    port: u16,
}

impl Agent {
    /// Begins to listen, on a loopback address only. Port 0 picks a free port.
    pub async fn bind(address: SocketAddr, options: AgentOptions) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "other machines can reach it, and credentials are for this one",
            ));
        }
        let listener = Listener::bind(address, LIMITS).await?;
        let address = listener.address()?;
        let clock: Clock = options.clock;
        Ok(Self {
            listener,
            address,
            service: Arc::new(Service {
                role_arn: options.role.arn.clone(),
                token: options.token,
                keeper: Keeper::new(options.role, clock),
                port: address.port(),
            }),
        })
    }

    /// The URL that programs ask.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Answers until `stop` is ready, then drains.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stopped {
        let service = self.service;
        let serve = |accepted: Accepted| {
            let service = Arc::clone(&service);
            accepted.serve_plain(move |request| {
                let service = Arc::clone(&service);
                let (head, _) = request.into_parts();
                async move { service.answer(&head).await }
            })
        };
        self.listener.run(stop, serve).await
    }
}

impl Service {
    async fn answer(&self, head: &Parts) -> Response<Full<Bytes>> {
        if let Err(refusal) = judge(head, self.port, &self.token) {
            let status = refusal.status();
            tracing::info!(code = refusal.code(), "a request was refused");
            let mut answer = response(status, &error(refusal.code(), refusal.message()));
            if status == StatusCode::METHOD_NOT_ALLOWED {
                let headers = answer.headers_mut();
                headers.insert(ALLOW, HeaderValue::from_static("GET"));
            }
            return answer;
        }
        self.tell(self.keeper.credentials().await)
    }

    fn tell(&self, outcome: Outcome) -> Response<Full<Bytes>> {
        match outcome {
            Ok(credentials) => response(StatusCode::OK, &self.document(&credentials)),
            Err(failure) => {
                let (status, code) = status_and_code(&failure);
                response(status, &error(code, &failure.to_string()))
            }
        }
    }

    fn document(&self, credentials: &TemporaryCredentials) -> Value {
        json!({
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key.expose(),
            "Token": credentials.session_token.expose(),
            "Expiration": credentials.expiration.to_string(),
            "RoleArn": self.role_arn,
        })
    }
}

fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

/// What SDKs are told: 503 where another try may help, else 502.
fn status_and_code(failure: &RoleError) -> (StatusCode, &str) {
    match failure {
        RoleError::Refused { status, code, .. } if *status < 500 => (StatusCode::BAD_GATEWAY, code),
        RoleError::Refused { code, .. } => (StatusCode::SERVICE_UNAVAILABLE, code),
        RoleError::NoAnswer(_) => (StatusCode::SERVICE_UNAVAILABLE, "EndpointUnavailable"),
        RoleError::NotUnderstood(_) => (StatusCode::BAD_GATEWAY, "InvalidEndpointAnswer"),
        RoleError::Source(_) => (StatusCode::BAD_GATEWAY, "NoSourceCredentials"),
        RoleError::Internal => (StatusCode::BAD_GATEWAY, "InternalFailure"),
    }
}

fn response(status: StatusCode, document: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(document.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
