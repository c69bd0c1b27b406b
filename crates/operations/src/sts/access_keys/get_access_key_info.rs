//! Shows which account an access key id belongs to, whether or not the key exists or is active.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AccessKeyId` | required | text of 16 to 128 characters, `[\w]*` |
//!
//! Permission: `sts:GetAccessKeyInfo`.
//!
//! <!-- end of facts -->

use keyward_api::sts::{GetAccessKeyInfoRequest, GetAccessKeyInfoResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::AccessKeyId;

pub(crate) async fn get_access_key_info(
    call: Call<GetAccessKeyInfoRequest>,
) -> Outcome<GetAccessKeyInfoResponse> {
    let permit = call.authorize(Resource::any())?;
    let account = AccessKeyId::parse(&call.input().access_key_id)
        .ok()
        .and_then(|id| id.embedded_account())
        .ok_or_else(fault::access_key_id_without_account)?;
    permit.answer(GetAccessKeyInfoResponse {
        account: Some(account.to_string()),
    })
}
