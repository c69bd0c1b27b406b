//! Deletes a managed policy that is not in use, with its only version.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DeletePolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `DeleteConflict` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeletePolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault::{self, PolicyChange};

use super::own;

pub(crate) async fn delete_policy(call: Call<DeletePolicyRequest>) -> Outcome<()> {
    let arn = call.input().policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource)?;
    let policy = own(&call, arn, PolicyChange::Delete)?;
    let id = policy.ok_or_else(|| fault::no_such_policy(arn))?.id;
    let arn = arn.to_owned();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.ok_or_else(|| fault::no_such_policy(&arn))?;
        if !account.policy_uses(id).is_none() {
            return Err(fault::policy_in_use().into());
        }
        if policy.versions.len() > 1 {
            return Err(fault::policy_has_versions().into());
        }
        Ok((Changes::delete(RecordKey::ManagedPolicy(id)), ()))
    })
    .await
}
