//! Performing an operation: with typed input for a typed answer, or in the wire form.

use keyward_api::{Input, Operation, OperationId};
use keyward_engine::{Call, Context, Outcome, Reply, Request};
use keyward_faults::Fault;

use crate::generated::table;

/// An operation that has a function here.
pub trait Performed: Operation {
    /// The operation's function.
    fn run(call: Call<Self::Input>) -> impl Future<Output = Outcome<Self::Output>> + Send;
}

/// Performs an operation. The input is judged as one from a client is, with the same rights, and the call is
/// recorded in the same way; no form and no XML is made.
pub async fn perform<O: Performed>(
    context: &Context<'_>,
    input: &O::Input,
) -> Result<O::Output, Fault> {
    keyward_engine::perform::<O, _, _>(context, input.checked(), O::run).await
}

/// Performs what a request in the wire form asks.
pub async fn respond(request: Request<'_>, operation: OperationId) -> Reply {
    table::respond(request, operation).await
}
