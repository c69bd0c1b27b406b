//! Takes tags from a role; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagRole`.
//! Faults: `NoSuchEntity` (404), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::UntagRoleRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;

pub(crate) async fn untag_role(call: Call<UntagRoleRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).losing_tags(&input.tag_keys);
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let id = role
        .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?
        .id;
    let keys = input.tag_keys.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let role = account
            .roles()
            .get(id)
            .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
        let tags = tags::removed_ignoring_case(&role.tags, &keys);
        if tags == role.tags {
            return Ok((Changes::none(), ()));
        }
        let role = role.clone();
        Ok((Changes::put(Record::Role(Role { tags, ..role })), ()))
    })
    .await
}
