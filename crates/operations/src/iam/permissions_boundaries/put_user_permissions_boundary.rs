//! Makes a managed policy the permissions boundary of a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PermissionsBoundary` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:PutUserPermissionsBoundary`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `PolicyNotAttachable` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::PutUserPermissionsBoundaryRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::put;
use crate::iam::shared::owner::Owner;

pub(crate) async fn put_user_permissions_boundary(
    call: Call<PutUserPermissionsBoundaryRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user)
        .given_boundary(Some(&call.stored_policy_arn(&input.permissions_boundary)));
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let owner = Owner::user(user, asked_for);
    put(&call, permit, owner, &input.permissions_boundary).await
}
