//! Sets a user's password, whether the user must choose a new one at the next sign-in, or how long
//! sign-in sessions of the user last.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Password` |  | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `PasswordResetRequired` |  | boolean |
//! | `MaxSigninSessionDuration` |  | number from 3600 to 7776000 |
//! | `ResetMaxSigninSessionDuration` |  | boolean |
//!
//! Permission: `iam:UpdateLoginProfile`.
//! Faults: `EntityTemporarilyUnmodifiable` (409), `NoSuchEntity` (404), `PasswordPolicyViolation` (400), `LimitExceeded` (409), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, LoginProfile, Record};
use keyward_api::iam::UpdateLoginProfileRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::login_profiles::NewPassword;
use crate::iam::shared::signin_session_duration::SigninSessionDuration;

pub(crate) async fn update_login_profile(call: Call<UpdateLoginProfileRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let session_duration = SigninSessionDuration::asked(
        input.max_signin_session_duration,
        input.reset_max_signin_session_duration,
    )?;
    let asked_for = input.user_name.clone();
    let user_id = user
        .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?
        .id;
    let profile = account
        .login_profile(user_id)
        .ok_or_else(|| fault::no_such_login_profile(asked_for.as_str()))?;
    let new_password = match &input.password {
        Some(password) => Some(NewPassword::prepare(&call, profile, password).await?),
        None => None,
    };
    let reset_required = input.password_reset_required;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.user_by_id(user_id).is_none() {
            return Err(fault::no_such_user(asked_for.as_str()).into());
        }
        let profile = account
            .login_profile(user_id)
            .ok_or_else(|| fault::no_such_login_profile(asked_for.as_str()))?;
        let with_password = match &new_password {
            Some(password) => password.set_in(account, profile)?,
            None => profile.clone(),
        };
        let updated = LoginProfile {
            password_reset_required: reset_required.unwrap_or(profile.password_reset_required),
            max_signin_session_duration: session_duration
                .after(profile.max_signin_session_duration),
            ..with_password
        };
        if updated == *profile {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::LoginProfile(updated)), ()))
    })
    .await
}
