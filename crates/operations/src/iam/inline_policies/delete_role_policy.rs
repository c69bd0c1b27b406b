//! Deletes an inline policy of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteRolePolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DeleteRolePolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::delete;
use crate::iam::roles;
use crate::iam::shared::owner::Owner;

pub(crate) async fn delete_role_policy(call: Call<DeleteRolePolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    roles::check_not_protected(role)?;
    let owner = Owner::role(role, asked_for);
    delete(&call, permit, owner, &input.policy_name).await
}
