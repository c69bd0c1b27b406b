//! Decodes such a message. IAM and STS do not encode their refusals, neither at AWS nor here, so
//! every message is refused as yet.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `EncodedMessage` | required | text of 1 to 10240 characters |
//!
//! Permission: `sts:DecodeAuthorizationMessage`.
//! Faults: `InvalidAuthorizationMessageException` (400).
//!
//! <!-- end of facts -->

use keyward_api::sts::{DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn decode_authorization_message(
    call: Call<DecodeAuthorizationMessageRequest>,
) -> Outcome<DecodeAuthorizationMessageResponse> {
    call.authorize(Resource::any())?;
    Err(fault::invalid_authorization_message().into())
}
