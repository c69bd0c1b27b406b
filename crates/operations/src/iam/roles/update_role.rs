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
//! | `MaxSigninSessionDuration` |  | number from 3600 to 7776000 |
//! | `ResetMaxSigninSessionDuration` |  | boolean |
//!
//! Permission: `iam:UpdateRole`.
//! Faults: `UnmodifiableEntity` (400), `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::{UpdateRoleRequest, UpdateRoleResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::signin_session_duration::SigninSessionDuration;

pub(crate) async fn update_role(call: Call<UpdateRoleRequest>) -> Outcome<UpdateRoleResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let signin_session_duration = SigninSessionDuration::asked(
        input.max_signin_session_duration,
        input.reset_max_signin_session_duration,
    )?;
    let asked_for = input.role_name.clone();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
    let duration = input.max_session_duration;
    let asks_for_duration =
        duration.is_some() || signin_session_duration != SigninSessionDuration::Unchanged;
    if asks_for_duration && role.is_service_linked() {
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
            max_signin_session_duration: signin_session_duration
                .after(role.max_signin_session_duration),
            ..role.clone()
        };
        if updated == *role {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::Role(updated)), ()))
    })
    .await
}
