//! Detaches a managed policy from a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//!
//! Permission: `iam:DetachUserPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DetachUserPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::detach;
use crate::iam::shared::owner::Owner;

pub(crate) async fn detach_user_policy(call: Call<DetachUserPolicyRequest>) -> Outcome<()> {
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
    detach(&call, permit, owner, &input.policy_arn).await
}
