//! Gives a role an inline policy, or another document to one that it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:PutRolePolicy`.
//! Faults: `LimitExceeded` (409), `MalformedPolicyDocument` (400), `NoSuchEntity` (404), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::PutRolePolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::put;
use crate::iam::roles;
use crate::iam::shared::owner::Owner;

pub(crate) async fn put_role_policy(call: Call<PutRolePolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.as_str();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for))?;
    roles::check_not_protected(role)?;
    let owner = Owner::role(role, asked_for);
    put(
        &call,
        permit,
        owner,
        &input.policy_name,
        &input.policy_document,
    )
    .await
}
