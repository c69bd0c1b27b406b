//! What is done once for every operation: decode, check constraints, run, run again when slow work
//! was stale, check the fault, encode.

use std::future::Future;
use std::sync::Arc;

use keyward_api::{
    FaultCode, Input, InputError, JsonMembers as _, Operation, OperationId, Output, Service,
    recorded,
};
use keyward_faults::{Fault, fault};
use keyward_wire::Parameters;

use crate::audit_trail::{AuditFacts, AuditTrail, RecordedCall};
use crate::call::{Answer, Call, CallContext, Outcome};
use crate::refusal::Refusal;

/// How many times an operation runs at most when its slow work is stale each time.
const STALE_TRIES: usize = 3;

/// An authenticated request to an operation, in the wire form.
pub struct Request<'a> {
    /// The operation's parameters.
    pub parameters: &'a Parameters<'a>,
    /// How the answer is written.
    pub format: Format,
    /// Who asks, how, and where.
    pub context: CallContext<'a>,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// As the protocol says.
    #[default]
    Xml,
    /// For clients that ask for `application/json`.
    Json,
}

/// What goes back to the client.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// In the format that was asked for.
    pub body: String,
    /// The format.
    pub format: Format,
    /// Why the operation was not done, for the log.
    pub fault: Option<Fault>,
}

/// The reply for a fault. JSON has no namespace.
#[must_use]
pub fn fault_reply(format: Format, namespace: &str, fault: Fault, request_id: &str) -> Reply {
    let code = fault.code();
    let (is_sender, message) = (code.is_sender(), fault.message());
    let body = match format {
        Format::Xml => keyward_wire::error(namespace, is_sender, code.code(), message, request_id),
        Format::Json => keyward_wire::error_as_json(is_sender, code.code(), message, request_id),
    };
    Reply {
        status: code.status(),
        body,
        format,
        fault: Some(fault),
    }
}

/// Performs an operation by its function, and checks that the model lists the fault. `input` is the
/// input as it was read, or the error of reading it.
pub async fn perform<O, F, R>(
    context: &CallContext<'_>,
    input: Result<O::Input, InputError>,
    function: F,
) -> Result<O::Output, Fault>
where
    O: Operation,
    F: Fn(Call<O::Input>) -> R,
    R: Future<Output = Outcome<O::Output>> + Send,
{
    let service = O::ID.service();
    // Credentials that IAM does not accept at all are refused before the input is looked at.
    let good_for_iam = match service {
        Service::Iam => context.caller.check_credentials_for(O::ID),
        Service::Sts => Ok(()),
    };
    let trail = begin_trail(context, O::ID, || {
        let input = input.as_ref().ok()?;
        recorded(input, service)
    });
    let read = good_for_iam.and_then(|()| input.map_err(Fault::from));
    // Those of STS are looked at only after the input.
    let good_for_operation = |input| context.caller.check_credentials_for(O::ID).map(|()| input);
    let outcome = match read.and_then(good_for_operation) {
        Ok(input) => {
            let input = Arc::new(input);
            let called = trail.as_ref().map(AuditTrail::called);
            let call = || {
                function(Call::new(
                    O::ID,
                    Arc::clone(&input),
                    context,
                    called.cloned(),
                ))
            };
            run_until_fresh(call).await
        }
        Err(fault) => Err(fault.into()),
    };
    match outcome.map(Answer::into_parts) {
        Ok((output, facts, kept)) => {
            if let Some(trail) = trail {
                trail.answered(&facts, kept, || recorded(&output, service));
            }
            Ok(output)
        }
        Err(refusal) => {
            let (fault, facts) = refusal.into_parts();
            let fault = only_known_faults::<O>(fault);
            let installation = &context.installation;
            installation
                .refusals
                .keep(context.request_id, installation.clock.now(), &fault);
            if let Some(trail) = trail {
                trail.refused(&facts, &fault);
            }
            Err(fault)
        }
    }
}

/// Performs an operation in the wire form: the input is read from parameters, the answer written in
/// the format asked for.
pub async fn run<O, F, R>(request: Request<'_>, function: F) -> Reply
where
    O: Operation,
    F: Fn(Call<O::Input>) -> R,
    R: Future<Output = Outcome<O::Output>> + Send,
{
    let namespace = O::ID.service().namespace();
    let Request {
        parameters,
        format,
        context,
    } = request;
    let input = O::Input::decode(parameters);
    match perform::<O, F, R>(&context, input, function).await {
        Ok(output) => Reply {
            status: 200,
            body: success::<O>(&output, format, context.request_id),
            format,
            fault: None,
        },
        Err(fault) => fault_reply(format, namespace, fault, context.request_id),
    }
}

fn success<O: Operation>(output: &O::Output, format: Format, request_id: &str) -> String {
    let (name, has_result) = (O::ID.name(), O::Output::HAS_RESULT);
    match format {
        Format::Xml => {
            let namespace = O::ID.service().namespace();
            keyward_wire::success(name, namespace, has_result, request_id, |xml| {
                output.encode(xml);
            })
        }
        Format::Json => keyward_wire::success_as_json(name, has_result, request_id, |result| {
            output.write_members(result);
        }),
    }
}

/// The reply of an operation that has no function yet.
#[must_use]
pub fn not_implemented(request: Request<'_>, operation: OperationId) -> Reply {
    let Request {
        format, context, ..
    } = request;
    let fault = fault::not_implemented(operation);
    if let Some(trail) = begin_trail(&context, operation, || None) {
        trail.refused(&AuditFacts::default(), &fault);
    }
    let namespace = operation.service().namespace();
    fault_reply(format, namespace, fault, context.request_id)
}

fn begin_trail(
    context: &CallContext<'_>,
    operation: OperationId,
    parameters: impl FnOnce() -> Option<String>,
) -> Option<AuditTrail> {
    AuditTrail::begin(&context.installation.audit, |event_id| RecordedCall {
        operation,
        caller: context.caller.clone(),
        request_context: Arc::clone(&context.request_context),
        account: context.handle.account(),
        time: context.installation.clock.now(),
        parameters: parameters(),
        request_id: context.request_id.to_owned(),
        event_id,
    })
}

async fn run_until_fresh<O, R>(call: impl Fn() -> R) -> Outcome<O>
where
    R: Future<Output = Outcome<O>>,
{
    let mut last = Refusal::from(fault::service_unavailable());
    for _ in 0..STALE_TRIES {
        match call().await {
            Err(refusal) if refusal.is_stale() => last = refusal,
            outcome => return outcome,
        }
    }
    Err(last)
}

/// An operation answers only faults that its model lists or that every operation may have; others
/// become internal. An internal fault is answered as `ServiceFailure` where the model lists that.
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
    // Faults of tags, and of an operation at the wrong endpoint, which the models of STS do not
    // list.
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
