//! From a path to who serves it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use keyward_api::Service as ApiService;
use keyward_operations::{fault, fault_reply};

use crate::options::Mode;
use crate::received::{BodyError, Received};
use crate::{Service, api, guard, source};

const ABOUT: &str = "Keyward: this is an endpoint of the IAM and STS APIs.\n";

impl Service {
    /// Serves one request.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Full<Bytes>> {
        let received = match Received::take_in(request, &self.options.limits).await {
            Ok(received) => received,
            Err(error) => return refuse_body(error),
        };
        if let Mode::Dev(dev) = &self.options.mode
            && let Some(reason) =
                guard::refusal(&received.head.headers, received.host(), &dev.hosts)
        {
            tracing::info!(%peer, reason, "refused");
            return plain(StatusCode::FORBIDDEN, format!("403 Forbidden: {reason}\n"));
        }
        let headers = &received.head.headers;
        let source = source::source_address(peer, headers, &self.options.trusted_proxies);
        match received.head.uri.path() {
            "/" => self.root_path(&received, source).await,
            "/healthz" => plain(StatusCode::OK, "ok\n".to_owned()),
            path if path.starts_with("/_keyward/") && matches!(self.options.mode, Mode::Dev(_)) => {
                self.dev(path, &received).await
            }
            _ => plain(StatusCode::NOT_FOUND, "404 Not Found\n".to_owned()),
        }
    }

    async fn root_path(
        &self,
        received: &Received,
        source: std::net::IpAddr,
    ) -> Response<Full<Bytes>> {
        match received.head.method {
            Method::GET | Method::HEAD if received.query().is_none() => {
                plain(StatusCode::OK, ABOUT.to_owned())
            }
            Method::GET | Method::POST => self.api(received, source).await,
            _ => {
                let mut response = plain(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "405 Method Not Allowed\n".to_owned(),
                );
                response
                    .headers_mut()
                    .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
                response
            }
        }
    }
}

fn refuse_body(error: BodyError) -> Response<Full<Bytes>> {
    let fault = match error {
        BodyError::TooLarge => fault::request_too_large(),
        BodyError::TooSlow | BodyError::BrokenOff => fault::request_timeout(),
    };
    let request_id = uuid::Uuid::new_v4().to_string();
    tracing::info!(request_id, %fault, "refused");
    let mut response = api::respond(
        fault_reply(ApiService::Iam.namespace(), fault, &request_id),
        &request_id,
    );
    // What is left of the body is not read: the connection can't go on.
    response
        .headers_mut()
        .insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A response of plain text.
pub(crate) fn plain(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
