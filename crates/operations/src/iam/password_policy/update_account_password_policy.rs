//! Replaces the account's password policy: what a request leaves out goes back to its default.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `MinimumPasswordLength` |  | number from 6 to 128 |
//! | `RequireSymbols` |  | boolean |
//! | `RequireNumbers` |  | boolean |
//! | `RequireUppercaseCharacters` |  | boolean |
//! | `RequireLowercaseCharacters` |  | boolean |
//! | `AllowUsersToChangePassword` |  | boolean |
//! | `MaxPasswordAge` |  | number from 1 to 1095 |
//! | `PasswordReusePrevention` |  | number from 1 to 24 |
//! | `HardExpiry` |  | boolean |
//!
//! Permission: `iam:UpdateAccountPasswordPolicy`.
//! Faults: `NoSuchEntity` (404), `MalformedPolicyDocument` (400), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record};
use keyward_api::iam::UpdateAccountPasswordPolicyRequest;
use keyward_authorization::Resource;
use keyward_credentials::PasswordPolicy;
use keyward_engine::{Call, Outcome};
use keyward_faults::Fault;

/// The minimum length if the request has none.
const DEFAULT_MINIMUM_LENGTH: u8 = 6;

pub(crate) async fn update_account_password_policy(
    call: Call<UpdateAccountPasswordPolicyRequest>,
) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    let policy = policy_of(call.input())?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.password_policy() == Some(&policy) {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::PasswordPolicy(policy.clone())), ()))
    })
    .await
}

fn policy_of(input: &UpdateAccountPasswordPolicyRequest) -> Result<PasswordPolicy, Fault> {
    let length = input.minimum_password_length.map(narrow).transpose()?;
    Ok(PasswordPolicy {
        minimum_password_length: length.unwrap_or(DEFAULT_MINIMUM_LENGTH),
        require_symbols: input.require_symbols.unwrap_or(false),
        require_numbers: input.require_numbers.unwrap_or(false),
        require_uppercase_characters: input.require_uppercase_characters.unwrap_or(false),
        require_lowercase_characters: input.require_lowercase_characters.unwrap_or(false),
        allow_users_to_change_password: input.allow_users_to_change_password.unwrap_or(false),
        max_password_age: input.max_password_age.map(narrow).transpose()?,
        password_reuse_prevention: input.password_reuse_prevention.map(narrow).transpose()?,
        hard_expiry: input.hard_expiry,
    })
}

/// Never fails: the request's ranges were checked before.
fn narrow<T: TryFrom<i32, Error = std::num::TryFromIntError>>(number: i32) -> Result<T, Fault> {
    T::try_from(number).map_err(Fault::internal)
}
