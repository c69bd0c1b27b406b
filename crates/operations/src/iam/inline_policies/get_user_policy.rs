//! Shows the text of an inline policy of a user, unchanged.
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
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::text;
use crate::iam::shared::owner::Owner;

pub(crate) async fn get_user_policy(
    call: Call<GetUserPolicyRequest>,
) -> Outcome<GetUserPolicyResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user);
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let text = text(account, &Owner::user(user, asked_for), &input.policy_name)?;
    permit.answer(GetUserPolicyResponse {
        user_name: user.name.clone(),
        // Seen so: the name as it was asked for, not as it is spelled.
        policy_name: input.policy_name.clone(),
        policy_document: text.to_owned(),
    })
}
