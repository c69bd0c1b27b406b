//! Shows whether a user has a password, since when, and whether it must be changed.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetLoginProfile`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetLoginProfileRequest, GetLoginProfileResponse};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::login_profiles::shown;
use crate::iam::shared::subject::Subject;

pub(crate) async fn get_login_profile(
    call: Call<GetLoginProfileRequest>,
) -> Outcome<GetLoginProfileResponse> {
    let account = call.account();
    let name = call.input().user_name.as_ref();
    let subject = Subject::named_or_caller(account, call.caller(), name)?;
    let permit = call.authorize(subject.resource(account))?;
    let Subject::User { name, user } = subject else {
        // The root user has no name: AWS shows it as `null`.
        return Err(fault::no_such_login_profile("null").into());
    };
    let user = user.ok_or_else(|| fault::no_such_user(name.as_str()))?;
    let profile = account
        .login_profile(user.id)
        .ok_or_else(|| fault::no_such_login_profile(name.as_str()))?;
    permit.answer(GetLoginProfileResponse {
        login_profile: shown(user, profile),
    })
}
