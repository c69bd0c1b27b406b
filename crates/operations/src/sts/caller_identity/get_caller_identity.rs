//! Tells the caller who it is. Everyone may ask, whatever policies say.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `sts:GetCallerIdentity`.
//!
//! <!-- end of facts -->

use keyward_api::sts::{GetCallerIdentityRequest, GetCallerIdentityResponse};

use crate::call::{Call, Outcome};
use crate::caller::Principal;

pub(crate) async fn get_caller_identity(
    call: Call<GetCallerIdentityRequest>,
) -> Outcome<GetCallerIdentityResponse> {
    let account = call.account();
    let permit = call.open_to_all();
    let user_id = match call.caller().principal {
        Principal::Root => account.id().to_string(),
        Principal::User(id) => id.to_string(),
    };
    permit.answer(GetCallerIdentityResponse {
        user_id: Some(user_id),
        account: Some(account.id().to_string()),
        arn: Some(call.caller().arn(account)),
    })
}
