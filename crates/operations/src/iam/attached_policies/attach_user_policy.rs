//! Attaches a managed policy to a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:AttachUserPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `PolicyNotAttachable` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::AttachUserPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::attach;
use crate::iam::shared::owner::Owner;

pub(crate) async fn attach_user_policy(call: Call<AttachUserPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user)
        .telling_boundary()
        .with_key("iam:PolicyARN", &call.stored_policy_arn(&input.policy_arn));
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let owner = Owner::user(user, asked_for);
    attach(&call, permit, owner, &input.policy_arn).await
}
