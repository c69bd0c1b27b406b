//! Shows the caller's own identity. Everyone may ask for it, whatever policies say.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `sts:GetCallerIdentity`.
//!
//! <!-- end of facts -->

use keyward_api::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};
use keyward_engine::{Call, Outcome};

pub(crate) async fn get_caller_identity(
    call: Call<GetCallerIdentityRequest>,
) -> Outcome<GetCallerIdentityResponse> {
    let account = call.account();
    let permit = call.open_to_all();
    let user_id = call.caller().user_id(account);
    permit.answer(GetCallerIdentityResponse {
        user_id: Some(user_id),
        account: Some(account.id().to_string()),
        arn: Some(call.caller().arn(account)),
    })
}
