//! What is refused before an operation is reached.

use keyward_api::FaultCode;

use super::Fault;

/// The request has no `Action`.
#[must_use]
pub fn missing_action() -> Fault {
    Fault::new(
        FaultCode::MissingAction,
        "The request is missing an action.",
    )
}

/// No operation of the service has this name.
#[must_use]
pub fn invalid_action(action: &str, version: Option<&str>) -> Fault {
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    Fault::new(
        FaultCode::InvalidAction,
        format!("Could not find operation {action} for version {version}"),
    )
}

/// The operation is one of another service, in its protocol, which is like ours.
#[must_use]
pub fn other_service(message: &str) -> Fault {
    Fault::new(FaultCode::InvalidAction, message)
}

/// The parameters can't be read as a form.
#[must_use]
pub fn malformed_form(reason: &str) -> Fault {
    Fault::new(FaultCode::MalformedInput, reason)
}

/// The signature is missing, malformed or wrong; the text comes from who checked it.
#[must_use]
pub fn signature_refused(code: FaultCode, message: String) -> Fault {
    Fault::new(code, message)
}

/// The body is larger than any request may be.
#[must_use]
pub fn request_too_large() -> Fault {
    Fault::new(
        FaultCode::RequestEntityTooLarge,
        "Request size exceeded the limit",
    )
}

/// The body did not come in time.
#[must_use]
pub fn request_timeout() -> Fault {
    Fault::new(
        FaultCode::RequestTimeout,
        "The request was not received in time",
    )
}
