//! Deletes an instance profile that has no role any more.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `InstanceProfileName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteInstanceProfile`.
//! Faults: `NoSuchEntity` (404), `DeleteConflict` (409), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteInstanceProfileRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::existing;

pub(crate) async fn delete_instance_profile(
    call: Call<DeleteInstanceProfileRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let name = &input.instance_profile_name;
    let profile = account.instance_profiles().find(name.as_str());
    let permit = call.authorize(Resource::instance_profile(account, name, profile))?;
    let asked_for = name.clone();
    let id = profile
        .ok_or_else(|| fault::no_such_instance_profile(asked_for.as_str()))?
        .id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if existing(account, id, asked_for.as_str())?.role.is_some() {
            return Err(fault::must_remove_roles_from_instance_profile_first().into());
        }
        Ok((Changes::delete(RecordKey::InstanceProfile(id)), ()))
    })
    .await
}
