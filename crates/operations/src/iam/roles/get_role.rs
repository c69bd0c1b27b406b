//! Shows a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetRole`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetRoleRequest, GetRoleResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{shown_in_list, shown_use, shown_when_written};

pub(crate) async fn get_role(call: Call<GetRoleRequest>) -> Outcome<GetRoleResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let role = role.ok_or_else(|| fault::no_such_role(input.role_name.as_str()))?;
    let last_use = call
        .role_uses(&[role.id])
        .await
        .into_iter()
        .next()
        .flatten();
    let written = shown_when_written(account, call.managed(), role);
    permit.answer(GetRoleResponse {
        role: iam::Role {
            permissions_boundary: written.permissions_boundary,
            tags: written.tags,
            role_last_used: Some(shown_use(last_use.as_ref(), call.now())),
            ..shown_in_list(account, role)
        },
    })
}
