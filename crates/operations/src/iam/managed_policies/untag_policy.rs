//! Takes tags from a managed policy; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagPolicy`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, Record};
use keyward_api::iam::UntagPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::tagged;
use crate::iam::shared::tags;

pub(crate) async fn untag_policy(call: Call<UntagPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let arn = input.policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource.losing_tags(&input.tag_keys))?;
    let id = tagged(&call, arn)?.id;
    let (keys, arn) = (input.tag_keys.clone(), arn.to_owned());
    call.commit_and_answer(permit, (), move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.ok_or_else(|| fault::no_such_policy(&arn))?;
        let tags = tags::removed_exactly(&policy.tags, &keys);
        if tags == policy.tags {
            return Ok((Changes::none(), ()));
        }
        let policy = policy.clone();
        let untagged = ManagedPolicy { tags, ..policy };
        Ok((Changes::put(Record::ManagedPolicy(untagged)), ()))
    })
    .await
}
