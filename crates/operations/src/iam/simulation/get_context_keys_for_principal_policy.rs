//! Lists the context keys in the policies of a user, group or role, and in further policies.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicySourceArn` | required | text of 20 to 2048 characters |
//! | `PolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:GetContextKeysForPrincipalPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetContextKeysForPolicyResponse, GetContextKeysForPrincipalPolicyRequest};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::or_empty;
use crate::iam::shared::entity_arn::EntityArn;
use crate::iam::shared::principal_policies::{Exclusions, PrincipalPolicies};
use crate::simulator;

pub(crate) async fn get_context_keys_for_principal_policy(
    call: Call<GetContextKeysForPrincipalPolicyRequest>,
) -> Outcome<GetContextKeysForPolicyResponse> {
    let (input, account) = (call.input(), call.account());
    let source = input.policy_source_arn.as_str();
    let named = EntityArn::parse(source).ok_or_else(|| fault::unclear_entity_arn(source))?;
    let permit = call.authorize(named.resource(account, source))?;
    let entity = named
        .find(account)
        .ok_or_else(|| fault::no_such_arn(source))?;
    let policies = PrincipalPolicies::of(account, call.managed(), entity, Exclusions(&[]))?;
    let own = policies.own.iter().chain(&policies.boundary);
    let mut keys = simulator::context_keys_of_own(own.map(|(_, text)| *text)).await?;
    keys.extend(simulator::context_keys_of(or_empty(input.policy_input_list.as_ref())).await?);
    permit.answer(GetContextKeysForPolicyResponse {
        context_key_names: Some(keys),
    })
}
