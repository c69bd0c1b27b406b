//! The IAM and STS endpoint: which operation a request means, and for whom it is done.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Response, StatusCode};
use keyward_api::{OperationId, Service as ApiService};
use keyward_authorization::{Caller, RequestContext};
use keyward_engine::{AccountHandle, CallContext, Format, Reply, Request, fault_reply};
use keyward_faults::fault::kind_name;
use keyward_faults::{Fault, Reason, fault};
use keyward_sigv4::{Presented, SignatureError, present};
use keyward_wire::Parameters;

use crate::Service;
use crate::authenticate::signature_fault;
use crate::origin::Origin;
use crate::other_services::{self, OtherService};
use crate::received::Received;

/// The namespace of faults before the service is known.
const FAULT_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

/// A request that names an operation.
struct RequestedOperation<'a> {
    operation: OperationId,
    parameters: Parameters<'a>,
    presented: Result<Presented<'a>, SignatureError>,
}

impl Service {
    /// Serves a request to the API.
    pub(crate) async fn api(&self, received: &Received, origin: Origin) -> Response<Full<Bytes>> {
        let request_id = keyward_engine::request_id();
        let reply = self.reply(received, origin, &request_id).await;
        as_http(reply, &request_id)
    }

    async fn reply(&self, received: &Received, origin: Origin, request_id: &str) -> Reply {
        let source = origin.source;
        let format = format_asked_for(&received.head.headers);
        let headers: Vec<(&str, &[u8])> = received
            .head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let named = match find_operation(received, &headers) {
            Ok(named) => named,
            Err((fault, namespace)) => {
                let fault = self.told_of_other_service(fault, received);
                // Its code alone: the message tells what the caller wrote, line breaks and all.
                tracing::info!(request_id, %source, code = fault.code().code(), "refused");
                return fault_reply(format, namespace, fault, request_id);
            }
        };
        let operation = named.operation;
        let mut caller = None;
        let reply = match self.authenticate_named(&named).await {
            Ok(authenticated) => {
                let presented = named.presented.as_ref().ok();
                let region = presented
                    .map(|presented| presented.scope().region)
                    .or_else(|| region_of_host(received.host()?))
                    .map(str::to_owned);
                let request_context = RequestContext {
                    region,
                    ..origin.request_context
                };
                caller = Some((
                    authenticated.caller.clone(),
                    Arc::clone(&authenticated.handle),
                ));
                let request = Request {
                    parameters: &named.parameters,
                    format,
                    context: CallContext {
                        caller: authenticated.caller,
                        request_context: Arc::new(request_context),
                        handle: authenticated.handle,
                        installation: Arc::clone(&self.installation),
                        request_id,
                    },
                };
                keyward_operations::respond(request, operation).await
            }
            Err(fault) => fault_reply(format, operation.service().namespace(), fault, request_id),
        };
        log(operation, &reply, source, request_id, caller.as_ref());
        reply
    }

    /// The refusal of a form that is for another service says so.
    fn told_of_other_service(&self, fault: Fault, received: &Received) -> Fault {
        match OtherService::of_form(&received.head) {
            Some(name) => {
                self.note_other_service(&name);
                fault::other_service(&other_services::message(&name))
            }
            None => fault,
        }
    }

    async fn authenticate_named(
        &self,
        named: &RequestedOperation<'_>,
    ) -> Result<crate::authenticate::Authenticated, Fault> {
        if !named.operation.needs_signature() {
            return self.as_unsigned(named.operation, &named.parameters).await;
        }
        match &named.presented {
            Ok(presented) => {
                self.authenticate(presented, named.operation.service())
                    .await
            }
            Err(error) => Err(signature_fault(error.clone())),
        }
    }
}

/// Finds the operation. A fault comes with the namespace that its XML has.
fn find_operation<'a>(
    received: &'a Received,
    headers: &'a [(&'a str, &'a [u8])],
) -> Result<RequestedOperation<'a>, (Fault, &'static str)> {
    let query = received.query();
    let parameters = Parameters::parse(query, &received.body).map_err(|error| {
        (
            fault::malformed_form(&error.to_string()),
            ApiService::Iam.namespace(),
        )
    })?;
    let presented = present(keyward_sigv4::Request {
        method: received.head.method.as_str(),
        path: received.head.uri.path(),
        query: query.unwrap_or_default(),
        headers,
        body: &received.body,
    });
    let version = parameters.get("Version");
    let service = service_meant(presented.as_ref().ok(), version, received.host());
    let action = parameters
        .get("Action")
        .ok_or_else(|| (fault::missing_action(), service.namespace()))?;
    let operation = version
        .filter(|version| *version == service.version())
        .and_then(|_| OperationId::find(service, action))
        .ok_or_else(|| (fault::invalid_action(action, version), FAULT_NAMESPACE))?;
    Ok(RequestedOperation {
        operation,
        parameters,
        presented,
    })
}

/// One address serves both: the service is the one signed for, else the one whose version is asked
/// for, else the one in the host's name, else IAM.
fn service_meant(
    presented: Option<&Presented<'_>>,
    version: Option<&str>,
    host: Option<&str>,
) -> ApiService {
    let services = [ApiService::Iam, ApiService::Sts];
    let signed_for = presented.map(|presented| presented.scope().service);
    services
        .into_iter()
        .find(|service| signed_for == Some(service.signing_name()))
        .or_else(|| {
            services
                .into_iter()
                .find(|service| version == Some(service.version()))
        })
        .or_else(|| {
            host.is_some_and(|host| host.starts_with("sts"))
                .then_some(ApiService::Sts)
        })
        .unwrap_or(ApiService::Iam)
}

/// The region that a host of STS is of, for requests that nobody signs.
fn region_of_host(host: &str) -> Option<&str> {
    let region = host.strip_prefix("sts.")?.split_once(".amazonaws.com")?.0;
    (!region.is_empty()).then_some(region)
}

/// JSON where `Accept` names it, and not XML before it; XML for everybody else. That a range such as
/// `*/*` is no wish for JSON keeps browsers and `curl` with what the service answers them.
pub(crate) fn format_asked_for(headers: &HeaderMap) -> Format {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|range| {
            let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
            let is_wanted = !parameters
                .split(';')
                .any(|parameter| matches!(parameter.trim(), "q=0" | "q=0.0"));
            match name.trim().to_ascii_lowercase().as_str() {
                "application/json" if is_wanted => Some(Format::Json),
                "text/xml" | "application/xml" if is_wanted => Some(Format::Xml),
                _ => None,
            }
        })
        .unwrap_or_default()
}

/// Tells how a request went: of one that was refused, who wanted what of whom, and why. Texts that
/// strangers write are escaped and cut.
fn log(
    operation: OperationId,
    reply: &Reply,
    source: IpAddr,
    request_id: &str,
    caller: Option<&(Caller, Arc<AccountHandle>)>,
) {
    let action = operation.action();
    let caller = || {
        caller.map_or((String::new(), String::new()), |(caller, handle)| {
            let account = handle.account();
            (shown(&caller.arn(&account)), account.id().to_string())
        })
    };
    match &reply.fault {
        None => tracing::debug!(request_id, action, %source, "done"),
        Some(fault) => match fault.cause() {
            None if fault.code().is_sender() => {
                let (caller, account) = caller();
                let code = fault.code().code();
                match fault.reason() {
                    Some(Reason::NotAllowed(denied)) => tracing::info!(
                        request_id,
                        account,
                        caller,
                        action = denied.action,
                        resource = shown(&denied.resource_arn),
                        %source,
                        code,
                        policy_kind = kind_name(denied.denial.kind()),
                        reason = shown(fault.message().unwrap_or_default()),
                        "refused"
                    ),
                    Some(_) | None => {
                        tracing::info!(request_id, account, caller, action, %source, code, "refused");
                    }
                }
            }
            cause => {
                let cause = cause.map(chain);
                let cause = cause.as_deref().unwrap_or("-");
                tracing::error!(request_id, action, %source, code = fault.code().code(), cause, "failed");
            }
        },
    }
}

/// The most bytes of a value in a line of the log.
const LONGEST_SHOWN: usize = 1024;

/// A text without what would steer a terminal or begin another line, and not too long.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        if shown.len() >= LONGEST_SHOWN {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// A reply as an HTTP response.
pub(crate) fn as_http(reply: Reply, request_id: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let content_type = match reply.format {
        Format::Xml => "text/xml",
        Format::Json => "application/json",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    // They share their origin with pages: no browser is to take an answer for something that runs.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
