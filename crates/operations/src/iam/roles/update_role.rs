//! Changes the description of a role, and how long its sessions last at most. What the request
//! leaves out does not change.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Description` |  | text of at most 1000 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` |
//! | `MaxSessionDuration` |  | number from 3600 to 43200 |
//!
//! Permission: `iam:UpdateRole`.
//! Faults: `UnmodifiableEntity` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::{UpdateRoleRequest, UpdateRoleResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn update_role(call: Call<UpdateRoleRequest>) -> Outcome<UpdateRoleResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
    let duration = input.max_session_duration;
    if duration.is_some() && role.is_service_linked() {
        return Err(fault::protected_session_duration(role.name.as_str()).into());
    }
    let id = role.id;
    let duration = duration.and_then(|seconds| u32::try_from(seconds).ok());
    let description = input.description.clone();
    call.commit_and_answer(permit, UpdateRoleResponse {}, move |account: &Account| {
        let role = account
            .roles()
            .get(id)
            .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
        let given = description.as_deref().map(Into::into);
        let updated = Role {
            description: given.or_else(|| role.description.clone()),
            // Seen so, though the reference says that it is set to the default.
            max_session_duration: duration.unwrap_or(role.max_session_duration),
            ..role.clone()
        };
        if updated == *role {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::Role(updated)), ()))
    })
    .await
}
