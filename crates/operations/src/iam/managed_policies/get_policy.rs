//! Shows a managed policy.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:GetPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetPolicyRequest, GetPolicyResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{check_arn, shown_in_list};
use crate::iam::shared::tags;

pub(crate) async fn get_policy(call: Call<GetPolicyRequest>) -> Outcome<GetPolicyResponse> {
    let (account, managed) = (call.account(), call.managed());
    let arn = call.input().policy_arn.as_str();
    let permit = call.authorize(Resource::managed_policy(account, managed, arn))?;
    check_arn(arn)?;
    let policy = managed.find(account, arn);
    let policy = policy.ok_or_else(|| fault::no_such_policy(arn))?;
    let (description, tags) = match policy {
        Policy::Own(own) => (own.description.as_deref(), tags::shown_by_length(&own.tags)),
        Policy::Aws(_) => (None, Vec::new()),
    };
    permit.answer(GetPolicyResponse {
        policy: Some(iam::Policy {
            description: description.map(str::to_owned),
            tags: Some(tags),
            ..shown_in_list(account, policy)
        }),
    })
}
