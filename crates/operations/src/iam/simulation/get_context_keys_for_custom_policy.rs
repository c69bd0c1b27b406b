//! Lists the context keys in conditions and variables of policies, which a simulation of them
//! needs.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyInputList` | required | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:GetContextKeysForCustomPolicy`.
//! Faults: `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetContextKeysForCustomPolicyRequest, GetContextKeysForPolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use crate::simulator;

pub(crate) async fn get_context_keys_for_custom_policy(
    call: Call<GetContextKeysForCustomPolicyRequest>,
) -> Outcome<GetContextKeysForPolicyResponse> {
    let permit = call.authorize(Resource::any())?;
    let keys = simulator::context_keys_of(&call.input().policy_input_list).await?;
    permit.answer(GetContextKeysForPolicyResponse {
        context_key_names: Some(keys),
    })
}
