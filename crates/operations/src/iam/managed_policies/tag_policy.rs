//! Adds tags to a managed policy, or overwrites those it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, Record};
use keyward_api::iam::TagPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::tagged;
use crate::iam::shared::tags;

pub(crate) async fn tag_policy(call: Call<TagPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let arn = input.policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource.given_tags(&input.tags))?;
    let id = tagged(&call, arn)?.id;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_exactly(&input.tags)?;
    let arn = arn.to_owned();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.ok_or_else(|| fault::no_such_policy(&arn))?;
        let tags = tags::added_exactly(&policy.tags, &added)?;
        if tags == policy.tags {
            return Ok((Changes::none(), ()));
        }
        let policy = policy.clone();
        let tagged = ManagedPolicy { tags, ..policy };
        Ok((Changes::put(Record::ManagedPolicy(tagged)), ()))
    })
    .await
}
