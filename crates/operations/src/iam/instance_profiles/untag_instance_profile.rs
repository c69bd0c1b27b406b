//! Takes tags from an instance profile; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, InstanceProfile, Record};
use keyward_api::iam::UntagInstanceProfileRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::existing;
use crate::iam::shared::tags;

pub(crate) async fn untag_instance_profile(call: Call<UntagInstanceProfileRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let resource = Resource::instance_profile(account, name, profile).losing_tags(&input.tag_keys);
    let permit = call.authorize(resource)?;
    let asked_for = name.clone();
    let id = profile
        .ok_or_else(|| fault::no_such_instance_profile(asked_for.as_str()))?
        .id;
    let keys = input.tag_keys.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = existing(account, id, asked_for.as_str())?;
        let tags = tags::removed_exactly(&profile.tags, &keys);
        if tags == profile.tags {
            return Ok((Changes::none(), ()));
        }
        let profile = profile.clone();
        let updated = InstanceProfile { tags, ..profile };
        Ok((Changes::put(Record::InstanceProfile(updated)), ()))
    })
    .await
}
