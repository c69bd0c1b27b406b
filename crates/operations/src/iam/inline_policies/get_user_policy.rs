//! Tells an inline policy of a user, to the letter.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetUserPolicy`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetUserPolicyRequest, GetUserPolicyResponse};

use crate::call::{Call, Outcome};
use crate::fault;
use crate::resource::Resource;

pub(crate) async fn get_user_policy(
    call: Call<GetUserPolicyRequest>,
) -> Outcome<GetUserPolicyResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let user = user.ok_or_else(|| fault::no_such_user(input.user_name.as_str()))?;
    let policy = account
        .user_policies(user.id)
        .and_then(|policies| policies.find(&input.policy_name))
        .ok_or_else(|| fault::no_such_user_policy(input.policy_name.as_str()))?;
    permit.answer(GetUserPolicyResponse {
        user_name: user.name.clone(),
        policy_name: policy.name.clone(),
        policy_document: policy.document.text().to_owned(),
    })
}
