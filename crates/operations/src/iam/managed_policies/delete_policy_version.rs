//! Deletes a version of a managed policy that is not the default version.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `VersionId` | required | text, `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` |
//!
//! Permission: `iam:DeletePolicyVersion`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `DeleteConflict` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, Record};
use keyward_api::iam::DeletePolicyVersionRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault::{self, PolicyChange};

use super::{own, version_number};

pub(crate) async fn delete_policy_version(call: Call<DeletePolicyVersionRequest>) -> Outcome<()> {
    let input = call.input();
    let arn = input.policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource)?;
    let missing = fault::no_such_policy_version(arn, &input.version_id);
    let policy = own(&call, arn, PolicyChange::DeleteVersion)?;
    let id = policy.ok_or_else(|| missing.clone())?.id;
    let number = version_number(&input.version_id).ok_or_else(|| missing.clone())?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.filter(|policy| policy.version(number).is_some());
        let policy = policy.ok_or_else(|| missing.clone())?;
        if policy.default_version == number {
            return Err(fault::cannot_delete_default_version().into());
        }
        let versions = policy.versions.iter();
        let left = versions.filter(|version| version.number != number);
        let updated = ManagedPolicy {
            versions: left.cloned().collect(),
            ..policy.clone()
        };
        Ok((Changes::put(Record::ManagedPolicy(updated)), ()))
    })
    .await
}
