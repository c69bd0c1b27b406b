//! From a path to who serves it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue, LOCATION};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use keyward_api::Service as ApiService;
use keyward_engine::{Format, fault_reply};
use keyward_faults::fault;

use crate::answers::plain;
use crate::issuer::Document;
use crate::options::Mode;
use crate::origin::{Origin, Peer};
use crate::other_services::OtherService;
use crate::pages::{Page, is_from_elsewhere, with_page_headers};
use crate::received::{self, BodyError, Received};
use crate::{Service, api, guard};

const ABOUT: &str =
    "Keyward: this is an endpoint of the IAM and STS APIs. People sign in at /console.\n";

/// Who serves a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Api,
    Dev,
    Page(Page),
    Issuer(Document),
}

impl Service {
    /// Serves one request.
    pub(crate) async fn serve(
        &self,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let limits = &self.options.limits;
        let destination = match self.destination(&head, peer.address) {
            Ok(destination) => destination,
            Err(answer) => {
                received::pass_over(body, limits).await;
                return *answer;
            }
        };
        let bound = match destination {
            Destination::Api if head.method == Method::POST => limits.body_bytes,
            Destination::Api | Destination::Dev | Destination::Page(_) | Destination::Issuer(_) => {
                limits.small_body_bytes.min(limits.body_bytes)
            }
        };
        let format = api::format_asked_for(&head.headers);
        let received = match Received::take_in(head, body, bound, limits, &self.body_budget).await {
            Ok(received) => received,
            Err(error) => return refuse_body(error, destination, format),
        };
        let mut origin = Origin::new(
            peer.address,
            &received.head.headers,
            &self.options.trusted_proxies,
            self.is_tls,
        );
        origin.request_context.host = received.host().map(str::to_owned);
        origin.request_context.tls = peer.tls;
        // Boxed, because hyper moves this future for each request, and it is as large as what it holds.
        match destination {
            Destination::Api => Box::pin(self.api(&received, origin)).await,
            Destination::Dev => Box::pin(self.dev(received.head.uri.path(), &received)).await,
            Destination::Page(page) => Box::pin(self.page(page, &received, &origin)).await,
            Destination::Issuer(document) => Box::pin(self.issuer_document(document)).await,
        }
    }

    /// Where a request goes, or its answer, from its head alone: what is refused is refused before
    /// its body takes any memory.
    fn destination(
        &self,
        head: &Parts,
        peer: SocketAddr,
    ) -> Result<Destination, Box<Response<Full<Bytes>>>> {
        let is_dev = matches!(self.options.mode, Mode::Dev(_));
        if let Mode::Dev(dev) = &self.options.mode
            && let Some(reason) = guard::refusal(head, self.address, &dev.hosts)
        {
            tracing::info!(%peer, reason, "refused");
            return Err(Box::new(forbidden(reason)));
        }
        if let Some(other) = OtherService::asked_for(head) {
            self.note_other_service(&other.name);
            return Err(Box::new(other.answer(&keyward_engine::request_id())));
        }
        let path = head.uri.path();
        if let Some(page) = Page::at(path) {
            let is_strict_transport = self.is_strict_transport(head);
            let refused = |answer| Err(Box::new(with_page_headers(answer, is_strict_transport)));
            if !page.allows(&head.method) {
                return refused(method_not_allowed(page.methods()));
            }
            if head.method == Method::POST && is_from_elsewhere(head) {
                tracing::info!(%peer, "a form of another site was refused");
                return refused(forbidden("the request comes from another site"));
            }
            return Ok(Destination::Page(page));
        }
        let issuer_base = self.installation.token_issuer_base();
        if let Some(document) = Document::asked_for(head, issuer_base) {
            return match head.method {
                Method::GET | Method::HEAD => Ok(Destination::Issuer(document)),
                _ => Err(Box::new(method_not_allowed("GET, HEAD"))),
            };
        }
        let answer = match path {
            "/" => match head.method {
                Method::GET | Method::HEAD if head.uri.query().is_none() => front_door(),
                Method::GET | Method::POST => return Ok(Destination::Api),
                _ => method_not_allowed("GET, HEAD, POST"),
            },
            "/healthz" => plain(StatusCode::OK, "ok\n".to_owned()),
            path if path.starts_with("/_keyward/") && is_dev => return Ok(Destination::Dev),
            _ => plain(StatusCode::NOT_FOUND, "404 Not Found\n".to_owned()),
        };
        Err(Box::new(answer))
    }
}

/// People who come to the endpoint are led to the pages.
fn front_door() -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::FOUND, ABOUT.to_owned());
    let console = HeaderValue::from_static("/console");
    response.headers_mut().insert(LOCATION, console);
    response
}

fn forbidden(reason: &str) -> Response<Full<Bytes>> {
    plain(StatusCode::FORBIDDEN, format!("403 Forbidden: {reason}\n"))
}

fn method_not_allowed(allowed: &'static str) -> Response<Full<Bytes>> {
    let mut response = plain(
        StatusCode::METHOD_NOT_ALLOWED,
        "405 Method Not Allowed\n".to_owned(),
    );
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}

fn refuse_body(
    error: BodyError,
    destination: Destination,
    format: Format,
) -> Response<Full<Bytes>> {
    let fault = match error {
        BodyError::TooLarge => fault::request_too_large(),
        BodyError::NoRoom => fault::service_unavailable(),
        BodyError::TooSlow | BodyError::BrokenOff => fault::request_timeout(),
    };
    let request_id = keyward_engine::request_id();
    tracing::info!(request_id, code = fault.code().code(), "refused");
    let reply = fault_reply(format, ApiService::Iam.namespace(), fault, &request_id);
    let mut response = api::as_http(reply, &request_id);
    if let Destination::Page(_) = destination {
        let status = response.status();
        response = with_page_headers(plain(status, format!("{status}\n")), false);
    }
    // What is left of the body is not read: the connection can't go on.
    response
        .headers_mut()
        .insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
    response
}
