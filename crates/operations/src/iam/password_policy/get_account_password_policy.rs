//! Shows the account's own password policy, if it has one.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:GetAccountPasswordPolicy`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetAccountPasswordPolicyRequest, GetAccountPasswordPolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn get_account_password_policy(
    call: Call<GetAccountPasswordPolicyRequest>,
) -> Outcome<GetAccountPasswordPolicyResponse> {
    let account = call.account();
    let permit = call.authorize(Resource::any())?;
    let policy = account
        .password_policy()
        .ok_or_else(|| fault::no_password_policy_to_get(account.id()))?;
    permit.answer(GetAccountPasswordPolicyResponse {
        password_policy: iam::PasswordPolicy {
            minimum_password_length: Some(policy.minimum_password_length.into()),
            require_symbols: Some(policy.require_symbols),
            require_numbers: Some(policy.require_numbers),
            require_uppercase_characters: Some(policy.require_uppercase_characters),
            require_lowercase_characters: Some(policy.require_lowercase_characters),
            allow_users_to_change_password: Some(policy.allow_users_to_change_password),
            expire_passwords: Some(policy.max_password_age.is_some()),
            max_password_age: policy.max_password_age.map(i32::from),
            password_reuse_prevention: policy.password_reuse_prevention.map(i32::from),
            hard_expiry: policy.hard_expiry,
        },
    })
}
