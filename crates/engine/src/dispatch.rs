//! What is done once for every operation: decode, check constraints, run, run again when slow work
//! was stale, check the fault, encode.

use std::future::Future;
use std::sync::Arc;

use keyward_api::{FaultCode, Input, Operation, OperationId, Output, Service, recorded};
use keyward_authorization::Caller;
use keyward_authorization::Circumstances;
use keyward_faults::{Fault, fault};
use keyward_wire::Parameters;

use crate::accounts::AccountHandle;
use crate::audit::{Called, Recording};
use crate::call::{Call, Outcome};
use crate::installation::Installation;
use crate::refusal::Refusal;

/// How often an operation is begun again because its slow work was stale.
const STALE_TRIES: usize = 3;

/// An authenticated request to an operation.
pub struct Request<'a> {
    /// The operation's parameters.
    pub parameters: &'a Parameters<'a>,
    /// Who calls.
    pub caller: Caller,
    /// How the request came.
    pub circumstances: Arc<Circumstances>,
    /// The caller's account.
    pub handle: Arc<AccountHandle>,
    /// The installation.
    pub installation: Arc<Installation>,
    /// The id that the answer carries.
    pub request_id: &'a str,
}

/// What goes back to the client.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// XML.
    pub body: String,
    /// What kept the operation from being done, for the log.
    pub fault: Option<Fault>,
}

/// The reply that tells a fault.
#[must_use]
pub fn fault_reply(namespace: &str, fault: Fault, request_id: &str) -> Reply {
    let code = fault.code();
    let body = keyward_wire::error(
        namespace,
        code.is_sender(),
        code.code(),
        fault.message(),
        request_id,
    );
    Reply {
        status: code.status(),
        body,
        fault: Some(fault),
    }
}

/// Runs an operation's function.
pub async fn run<O, F, R>(request: Request<'_>, function: F) -> Reply
where
    O: Operation,
    F: Fn(Call<O::Input>) -> R,
    R: Future<Output = Outcome<O::Output>> + Send,
{
    let namespace = O::ID.service().namespace();
    let Request {
        parameters,
        caller,
        circumstances,
        handle,
        installation,
        request_id,
    } = request;
    // Credentials that are no good for IAM at all are told before anything else is looked at.
    let good_for_iam = match O::ID.service() {
        Service::Iam => caller.check_credentials_for(O::ID),
        Service::Sts => Ok(()),
    };
    let input = O::Input::decode(parameters);
    let recording = Recording::begin(&installation.audit, || Called {
        operation: O::ID,
        caller: caller.clone(),
        circumstances: Arc::clone(&circumstances),
        account: handle.account(),
        time: installation.clock.now(),
        parameters: input
            .as_ref()
            .ok()
            .and_then(|input| recorded(input, O::ID.service())),
        request_id: request_id.to_owned(),
    });
    let read = good_for_iam.and_then(|()| input.map_err(Fault::from));
    let checked = |input| caller.check_credentials_for(O::ID).map(|()| input);
    let outcome = match read.and_then(checked) {
        Ok(input) => {
            let input = Arc::new(input);
            let call = || {
                let held = (Arc::clone(&handle), Arc::clone(&installation));
                let asked = (
                    caller.clone(),
                    Arc::clone(&circumstances),
                    recording.clone(),
                );
                function(Call::new(O::ID, Arc::clone(&input), asked, held))
            };
            run_until_fresh(call).await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map_err(only_known_faults::<O>);
    if let Some(recording) = &recording {
        match &outcome {
            Ok(output) => recording.done(|| recorded(output, O::ID.service())),
            Err(fault) => recording.refused(fault),
        }
    }
    match outcome {
        Ok(output) => {
            let body = keyward_wire::success(
                O::ID.name(),
                namespace,
                O::Output::HAS_RESULT,
                request_id,
                |xml| output.encode(xml),
            );
            Reply {
                status: 200,
                body,
                fault: None,
            }
        }
        Err(fault) => fault_reply(namespace, fault, request_id),
    }
}

/// The reply of an operation that has no function yet.
#[must_use]
pub fn not_implemented(request: Request<'_>, operation: OperationId) -> Reply {
    let namespace = operation.service().namespace();
    let fault = fault::not_implemented(operation);
    let recording = Recording::begin(&request.installation.audit, || Called {
        operation,
        caller: request.caller,
        circumstances: request.circumstances,
        account: request.handle.account(),
        time: request.installation.clock.now(),
        parameters: None,
        request_id: request.request_id.to_owned(),
    });
    if let Some(recording) = &recording {
        recording.refused(&fault);
    }
    fault_reply(namespace, fault, request.request_id)
}

async fn run_until_fresh<O, R>(call: impl Fn() -> R) -> Result<O, Fault>
where
    R: Future<Output = Outcome<O>>,
{
    let mut last = fault::service_unavailable();
    for _ in 0..STALE_TRIES {
        match call().await {
            Ok(answer) => return Ok(answer.into_output()),
            Err(Refusal::Fault(fault)) => return Err(fault),
            Err(Refusal::Stale(fault)) => last = fault,
        }
    }
    Err(last)
}

/// An operation answers only what its model lists, and what every operation may. Where the model
/// has a name of its own for our failures, they are told by it.
fn only_known_faults<O: Operation>(fault: Fault) -> Fault {
    if fault.code() == FaultCode::InternalFailure && O::FAULTS.contains(&FaultCode::ServiceFailure)
    {
        return fault.told_as_service_failure();
    }
    if O::FAULTS.contains(&fault.code()) || is_common(O::ID.service(), fault.code()) {
        fault
    } else {
        let (operation, code) = (O::ID.name(), fault.code().code());
        tracing::error!(operation, code, "a fault that the model does not list");
        Fault::internal(UnlistedFault)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the operation answered a fault that its model does not list")]
struct UnlistedFault;

fn is_common(service: Service, code: FaultCode) -> bool {
    // Faults of tags, and of an operation at the wrong endpoint.
    let is_unlisted_of_sts = service == Service::Sts
        && matches!(
            code,
            FaultCode::InvalidParameterValue | FaultCode::InvalidAction
        );
    is_unlisted_of_sts
        || matches!(
            code,
            FaultCode::AccessDenied
                | FaultCode::InternalFailure
                | FaultCode::InvalidClientTokenId
                | FaultCode::MalformedInput
                | FaultCode::NotImplemented
                | FaultCode::ServiceUnavailable
                | FaultCode::Throttling
                | FaultCode::ValidationError
        )
}
