//! Adds tags to an instance profile, or overwrites those it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `LimitExceeded` (409), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, InstanceProfile, Record};
use keyward_api::iam::TagInstanceProfileRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::existing;
use crate::iam::shared::tags;

pub(crate) async fn tag_instance_profile(call: Call<TagInstanceProfileRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let resource = Resource::instance_profile(account, name, profile).given_tags(&input.tags);
    let permit = call.authorize(resource)?;
    let asked_for = name.clone();
    let id = profile
        .ok_or_else(|| fault::no_such_instance_profile(asked_for.as_str()))?
        .id;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_exactly(&input.tags)?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = existing(account, id, asked_for.as_str())?;
        let tags = tags::added_exactly(&profile.tags, &added)?;
        if tags == profile.tags {
            return Ok((Changes::none(), ()));
        }
        let profile = profile.clone();
        let updated = InstanceProfile { tags, ..profile };
        Ok((Changes::put(Record::InstanceProfile(updated)), ()))
    })
    .await
}
