//! Removes the permissions boundary of a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteUserPermissionsBoundary`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DeleteUserPermissionsBoundaryRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::delete;
use crate::iam::shared::owner::Owner;

pub(crate) async fn delete_user_permissions_boundary(
    call: Call<DeleteUserPermissionsBoundaryRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let owner = Owner::user(user, asked_for);
    delete(&call, permit, owner).await
}
