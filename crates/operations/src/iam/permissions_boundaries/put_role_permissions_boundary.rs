//! Makes a managed policy the permissions boundary of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PermissionsBoundary` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:PutRolePermissionsBoundary`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `UnmodifiableEntity` (400), `PolicyNotAttachable` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::PutRolePermissionsBoundaryRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::put;
use crate::iam::roles;
use crate::iam::shared::owner::Owner;

pub(crate) async fn put_role_permissions_boundary(
    call: Call<PutRolePermissionsBoundaryRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role)
        .given_boundary(Some(&call.stored_policy_arn(&input.permissions_boundary)));
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    roles::check_not_protected(role)?;
    let owner = Owner::role(role, asked_for);
    put(&call, permit, owner, &input.permissions_boundary).await
}
