//! Detaches a managed policy from a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DetachRolePolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DetachRolePolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::detach;
use crate::iam::roles;
use crate::iam::shared::owner::Owner;

pub(crate) async fn detach_role_policy(call: Call<DetachRolePolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role)
        .telling_boundary()
        .with_key("iam:PolicyARN", &call.stored_policy_arn(&input.policy_arn));
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    roles::check_not_protected(role)?;
    let owner = Owner::role(role, asked_for);
    detach(&call, permit, owner, &input.policy_arn).await
}
