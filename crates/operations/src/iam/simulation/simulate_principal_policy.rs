//! Shows what the policies of a user, group or role would allow, and which of their statements
//! decide.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicySourceArn` | required | text of 20 to 2048 characters |
//! | `PolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `PermissionsBoundaryPolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `PolicyExclusionList` |  | list of at most 256 elements of: structure of `PolicyType`, `PolicyArn`, `InlinePolicyIdentifier` |
//! | `ActionNames` | required | list of: text of 3 to 128 characters |
//! | `ResourceArns` |  | list of: text of 1 to 2048 characters |
//! | `ResourcePolicy` |  | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `ResourceOwner` |  | text of 1 to 2048 characters |
//! | `CallerArn` |  | text of 1 to 2048 characters |
//! | `ContextEntries` |  | list of: structure of `ContextKeyName`, `ContextKeyValues`, `ContextKeyType` |
//! | `ResourceHandlingOption` |  | text of 1 to 64 characters |
//! | `MaxItems` |  | number from 1 to 1000 |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//!
//! Permission: `iam:SimulatePrincipalPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `PolicyEvaluation` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{SimulatePolicyResponse, SimulatePrincipalPolicyRequest};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::or_empty;
use crate::iam::shared::entity_arn::EntityArn;
use crate::iam::shared::principal_policies::{Exclusions, PrincipalPolicies};
use crate::simulator::{self, Scenario};

pub(crate) async fn simulate_principal_policy(
    call: Call<SimulatePrincipalPolicyRequest>,
) -> Outcome<SimulatePolicyResponse> {
    let (input, account) = (call.input(), call.account());
    let source = input.policy_source_arn.as_str();
    let named = EntityArn::parse(source).ok_or_else(|| fault::unclear_entity_arn(source))?;
    let permit = call.authorize(named.resource(account, source))?;
    let entity = named
        .find(account)
        .ok_or_else(|| fault::no_such_arn(source))?;
    let exclusions = Exclusions(or_empty(input.policy_exclusion_list.as_ref()));
    let policies = PrincipalPolicies::of(account, call.managed(), entity, exclusions)?;
    // If the request names no caller, a user is simulated as the caller.
    let default_caller = match entity {
        PolicyEntity::User(_) => Some(source),
        PolicyEntity::Group(_) | PolicyEntity::Role(_) => None,
    };
    let scenario = Scenario {
        own_policies: policies.own,
        policies: or_empty(input.policy_input_list.as_ref()),
        own_boundary: policies.boundary,
        boundaries: or_empty(input.permissions_boundary_policy_input_list.as_ref()),
        organization: &[],
        resource_policy: input.resource_policy.as_deref(),
        resource_owner: input.resource_owner.as_deref(),
        caller_arn: input.caller_arn.as_deref().or(default_caller),
        context_entries: or_empty(input.context_entries.as_ref()),
        actions: &input.action_names,
        resources: or_empty(input.resource_arns.as_ref()),
        page: (input.max_items, input.marker.as_deref()),
    };
    permit.answer(simulator::simulate(scenario).await?)
}
