//! Gives a user a password to sign in with.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Password` |  | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `PasswordResetRequired` |  | boolean |
//! | `MaxSigninSessionDuration` |  | number from 3600 to 7776000 |
//!
//! Permission: `iam:CreateLoginProfile`.
//! Faults: `EntityAlreadyExists` (409), `NoSuchEntity` (404), `PasswordPolicyViolation` (400), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, LoginProfile, Record};
use keyward_api::iam::{CreateLoginProfileRequest, CreateLoginProfileResponse};
use keyward_credentials::Verifier;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::login_profiles::{check_by_policy, shown};
use crate::iam::shared::subject::Subject;

pub(crate) async fn create_login_profile(
    call: Call<CreateLoginProfileRequest>,
) -> Outcome<CreateLoginProfileResponse> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    let Subject::User { name, user } = subject else {
        return Err(fault::user_name_required().into());
    };
    let password = input
        .password
        .as_ref()
        .ok_or_else(fault::password_required)?;
    let user = user.ok_or_else(|| fault::no_such_user(name.as_str()))?;
    if account.login_profile(user.id).is_some() {
        return Err(fault::login_profile_already_exists(name.as_str()).into());
    }
    check_by_policy(account, password)?;
    let recipe = call.new_recipe()?;
    let digest = call.hash(password.clone(), recipe).await?;
    let (user_id, now) = (user.id, call.now());
    let profile = LoginProfile {
        user: user_id,
        created: now,
        password_changed: now,
        password_reset_required: input.password_reset_required.unwrap_or(false),
        password: Verifier { recipe, digest },
        password_used: false,
        max_signin_session_duration: input
            .max_signin_session_duration
            .and_then(|seconds| u32::try_from(seconds).ok()),
        earlier_passwords: Box::default(),
    };
    let judged_by = account.password_policy().cloned();
    let login_profile = call
        .commit(&permit, move |account: &Account| {
            let user = account
                .user_by_id(user_id)
                .ok_or_else(|| fault::no_such_user(name.as_str()))?;
            if account.login_profile(user_id).is_some() {
                return Err(fault::login_profile_already_exists(name.as_str()).into());
            }
            if account.password_policy() != judged_by.as_ref() {
                return Err(Refusal::stale());
            }
            let changes = Changes::put(Record::LoginProfile(profile.clone()));
            Ok((changes, shown(user, &profile)))
        })
        .await?;
    permit.answer(CreateLoginProfileResponse { login_profile })
}
