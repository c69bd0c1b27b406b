//! Shows what policies would allow, and which of their statements decide. No entity or resource
//! need exist.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyInputList` | required | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `PermissionsBoundaryPolicyInputList` |  | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `OrderedOrganizationPolicyInputList` |  | list of at most 7 elements of: structure of `ServiceControlPolicyInputList` |
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
//! Permission: `iam:SimulateCustomPolicy`.
//! Faults: `InvalidInput` (400), `PolicyEvaluation` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{SimulateCustomPolicyRequest, SimulatePolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use super::or_empty;
use crate::simulator::{self, Scenario};

pub(crate) async fn simulate_custom_policy(
    call: Call<SimulateCustomPolicyRequest>,
) -> Outcome<SimulatePolicyResponse> {
    let permit = call.authorize(Resource::any())?;
    let input = call.input();
    let scenario = Scenario {
        policies: &input.policy_input_list,
        boundaries: or_empty(input.permissions_boundary_policy_input_list.as_ref()),
        organization: or_empty(input.ordered_organization_policy_input_list.as_ref()),
        resource_policy: input.resource_policy.as_deref(),
        resource_owner: input.resource_owner.as_deref(),
        caller_arn: input.caller_arn.as_deref(),
        context_entries: or_empty(input.context_entries.as_ref()),
        actions: &input.action_names,
        resources: or_empty(input.resource_arns.as_ref()),
        page: (input.max_items, input.marker.as_deref()),
        ..Scenario::default()
    };
    permit.answer(simulator::simulate(scenario).await?)
}
