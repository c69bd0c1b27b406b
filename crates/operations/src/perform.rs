//! Finding the function of an operation.

use keyward_api::OperationId;
use keyward_engine::{Reply, Request};

use crate::generated::table;

/// Does what a request asks.
pub async fn perform(request: Request<'_>, operation: OperationId) -> Reply {
    table::perform(request, operation).await
}
