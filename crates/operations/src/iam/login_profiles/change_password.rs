//! Lets a user change their own password, given the old one.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OldPassword` | required | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `NewPassword` | required | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//!
//! Permission: `iam:ChangePassword`.
//! Faults: `NoSuchEntity` (404), `InvalidUserType` (400), `LimitExceeded` (409), `EntityTemporarilyUnmodifiable` (409), `PasswordPolicyViolation` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, LoginProfile, Record};
use keyward_api::iam::ChangePasswordRequest;
use keyward_authorization::Principal;
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::login_profiles::NewPassword;

pub(crate) async fn change_password(call: Call<ChangePasswordRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = match call.caller().principal() {
        Some(Principal::Root) | None => {
            return Err(fault::only_users_change_their_password().into());
        }
        Some(Principal::User(id)) => account
            .user_by_id(id)
            .ok_or_else(fault::invalid_client_token_id)?,
    };
    let permit = call.authorize(Resource::user(account, &user.name, Some(user)))?;
    let (user_id, name) = (user.id, user.name.clone());
    let profile = account
        .login_profile(user_id)
        .ok_or_else(|| fault::no_such_login_profile(name.as_str()))?;
    let old = profile.password;
    let given = input.old_password.clone();
    if !call.is_old_password(user_id, given, old).await? {
        return Err(fault::old_password_incorrect().into());
    }
    if input.new_password == input.old_password {
        return Err(fault::new_password_is_the_old().into());
    }
    let new_password = NewPassword::prepare(&call, profile, &input.new_password).await?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = account
            .login_profile(user_id)
            .ok_or_else(|| fault::no_such_login_profile(name.as_str()))?;
        if profile.password.recipe != old.recipe {
            return Err(Refusal::stale());
        }
        if profile.password.digest != old.digest {
            return Err(fault::old_password_incorrect().into());
        }
        let updated = LoginProfile {
            password_reset_required: false,
            ..new_password.set_in(account, profile)?
        };
        Ok((Changes::put(Record::LoginProfile(updated)), ()))
    })
    .await
}
