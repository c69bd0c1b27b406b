//! Makes another version of a managed policy the default version, at once for all who use the
//! policy.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `VersionId` | required | text, `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` |
//!
//! Permission: `iam:SetDefaultPolicyVersion`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, Record};
use keyward_api::iam::SetDefaultPolicyVersionRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault::{self, PolicyChange};

use super::{own, version_number};

pub(crate) async fn set_default_policy_version(
    call: Call<SetDefaultPolicyVersionRequest>,
) -> Outcome<()> {
    let input = call.input();
    let arn = input.policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource)?;
    let missing = fault::no_such_policy_version(arn, &input.version_id);
    let policy = own(&call, arn, PolicyChange::Update)?;
    let id = policy.ok_or_else(|| missing.clone())?.id;
    let number = version_number(&input.version_id).ok_or_else(|| missing.clone())?;
    let now = call.now();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.filter(|policy| policy.version(number).is_some());
        let policy = policy.ok_or_else(|| missing.clone())?;
        if policy.default_version == number {
            return Ok((Changes::none(), ()));
        }
        let updated = ManagedPolicy {
            // That this changes the update date is (unsure).
            updated: now,
            default_version: number,
            ..policy.clone()
        };
        Ok((Changes::put(Record::ManagedPolicy(updated)), ()))
    })
    .await
}
