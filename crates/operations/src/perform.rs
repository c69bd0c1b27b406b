//! Performing an operation: with typed input and answer, or in the wire form.

use std::pin::Pin;

use keyward_api::{Input, OperationId};
use keyward_engine::{CallContext, Reply, Request};
use keyward_faults::Fault;

use crate::generated::table;
use crate::performed::Performed;

/// Performs an operation with typed input. It is judged and recorded like input from a client, with
/// the same rights, but without the wire form.
pub async fn perform<O: Performed>(
    context: &CallContext<'_>,
    input: &O::Input,
) -> Result<O::Output, Fault> {
    keyward_engine::perform::<O, _, _>(context, input.checked(), O::run).await
}

/// Performs what a request in the wire form asks.
///
/// The future is boxed: so the code of all operations is made once, in this crate. That of an `async fn` would
/// be made anew in each program and test that awaits it.
pub fn respond(
    request: Request<'_>,
    operation: OperationId,
) -> Pin<Box<dyn Future<Output = Reply> + Send + '_>> {
    Box::pin(table::respond(request, operation))
}
