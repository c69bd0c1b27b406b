//! From a path to who serves it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use keyward_api::Service as ApiService;
use keyward_operations::{fault, fault_reply};

use crate::options::Mode;
use crate::received::{self, BodyError, Received};
use crate::{Service, api, guard, source};

const ABOUT: &str = "Keyward: this is an endpoint of the IAM and STS APIs.\n";

/// Who serves a request.
enum Destination {
    Api,
    Dev,
    /// Nobody: this is the answer, whatever the body.
    Nowhere(Box<Response<Full<Bytes>>>),
}

impl Service {
    /// Serves one request.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let limits = &self.options.limits;
        let bound = match self.destination(&head, peer) {
            Destination::Api if head.method == Method::POST => limits.body_bytes,
            Destination::Api | Destination::Dev => limits.small_body_bytes.min(limits.body_bytes),
            Destination::Nowhere(answer) => {
                received::pass_over(body, limits).await;
                return *answer;
            }
        };
        let received = match Received::take_in(head, body, bound, limits, &self.room).await {
            Ok(received) => received,
            Err(error) => return refuse_body(error),
        };
        let source =
            source::source_address(peer, &received.head.headers, &self.options.trusted_proxies);
        match received.head.uri.path() {
            "/" => self.api(&received, source).await,
            path => self.dev(path, &received).await,
        }
    }

    /// Where a request goes, from its head alone: what is refused is refused before its body takes
    /// any memory.
    fn destination(&self, head: &Parts, peer: SocketAddr) -> Destination {
        let nowhere = |answer| Destination::Nowhere(Box::new(answer));
        let is_dev = matches!(self.options.mode, Mode::Dev(_));
        if let Mode::Dev(dev) = &self.options.mode
            && let Some(reason) = guard::refusal(head, self.address, &dev.hosts)
        {
            tracing::info!(%peer, reason, "refused");
            let text = format!("403 Forbidden: {reason}\n");
            return nowhere(plain(StatusCode::FORBIDDEN, text));
        }
        match head.uri.path() {
            "/" => match head.method {
                Method::GET | Method::HEAD if head.uri.query().is_none() => {
                    nowhere(plain(StatusCode::OK, ABOUT.to_owned()))
                }
                Method::GET | Method::POST => Destination::Api,
                _ => nowhere(method_not_allowed()),
            },
            "/healthz" => nowhere(plain(StatusCode::OK, "ok\n".to_owned())),
            path if path.starts_with("/_keyward/") && is_dev => Destination::Dev,
            _ => nowhere(plain(StatusCode::NOT_FOUND, "404 Not Found\n".to_owned())),
        }
    }
}

fn method_not_allowed() -> Response<Full<Bytes>> {
    let mut response = plain(
        StatusCode::METHOD_NOT_ALLOWED,
        "405 Method Not Allowed\n".to_owned(),
    );
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

fn refuse_body(error: BodyError) -> Response<Full<Bytes>> {
    let fault = match error {
        BodyError::TooLarge => fault::request_too_large(),
        BodyError::NoRoom => fault::service_unavailable(),
        BodyError::TooSlow | BodyError::BrokenOff => fault::request_timeout(),
    };
    let request_id = uuid::Uuid::new_v4().to_string();
    tracing::info!(request_id, code = fault.code().code(), "refused");
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
