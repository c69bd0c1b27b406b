//! Performing an operation: with typed input for a typed answer, or in the wire form.

use keyward_api::{Input, OperationId};
use keyward_engine::{CallContext, Reply, Request};
use keyward_faults::Fault;

use crate::generated::table;
use crate::performed::Performed;

/// Performs an operation. The input is judged as one from a client is, with the same rights, and the call is
/// recorded in the same way; no form and no XML is made.
pub async fn perform<O: Performed>(
    context: &CallContext<'_>,
    input: &O::Input,
) -> Result<O::Output, Fault> {
    keyward_engine::perform::<O, _, _>(context, input.checked(), O::run).await
}

/// Performs what a request in the wire form asks.
pub async fn respond(request: Request<'_>, operation: OperationId) -> Reply {
    table::respond(request, operation).await
}
