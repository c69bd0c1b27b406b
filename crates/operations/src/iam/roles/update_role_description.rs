//! Changes the description of a role and shows the role. `UpdateRole` is its successor.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Description` | required | text of at most 1000 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` |
//!
//! Permission: `iam:UpdateRoleDescription`.
//! Faults: `NoSuchEntity` (404), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::{self, UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse};
use keyward_authorization::Managed;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::shown_when_written;

pub(crate) async fn update_role_description(
    call: Call<UpdateRoleDescriptionRequest>,
) -> Outcome<UpdateRoleDescriptionResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let id = role
        .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?
        .id;
    let description = input.description.clone();
    let aws = call.aws_policies();
    let role = call
        .commit(&permit, move |account: &Account| {
            let role = account
                .roles()
                .get(id)
                .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
            let updated = Role {
                description: Some(description.as_str().into()),
                ..role.clone()
            };
            let shown = iam::Role {
                description: Some(description.clone()),
                ..shown_when_written(account, Managed::new(&aws), &updated)
            };
            if updated == *role {
                return Ok((Changes::none(), shown));
            }
            Ok((Changes::put(Record::Role(updated)), shown))
        })
        .await?;
    permit.answer(UpdateRoleDescriptionResponse { role: Some(role) })
}
