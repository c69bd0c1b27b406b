//! Adds tags to a role, or overwrites those it has. Service-linked roles can be tagged too.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagRole`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::TagRoleRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;

pub(crate) async fn tag_role(call: Call<TagRoleRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).given_tags(&input.tags);
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let id = role
        .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?
        .id;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_ignoring_case(&input.tags)?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let role = account
            .roles()
            .get(id)
            .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
        let tags = tags::added_ignoring_case(&role.tags, &added)?;
        if tags == role.tags {
            return Ok((Changes::none(), ()));
        }
        let role = role.clone();
        Ok((Changes::put(Record::Role(Role { tags, ..role })), ()))
    })
    .await
}
