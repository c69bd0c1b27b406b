//! Deletes a user's login profile, with the password and all remembered ones. Access keys stay
//! valid.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteLoginProfile`.
//! Faults: `EntityTemporarilyUnmodifiable` (409), `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteLoginProfileRequest;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::subject::Subject;

pub(crate) async fn delete_login_profile(call: Call<DeleteLoginProfileRequest>) -> Outcome<()> {
    let account = call.account();
    let name = call.input().user_name.as_ref();
    let subject = Subject::named_or_caller(account, call.caller(), name)?;
    let permit = call.authorize(subject.resource(account))?;
    let Subject::User { name, user } = subject else {
        // The root user has no name: AWS shows it as `null`.
        return Err(fault::no_such_login_profile("null").into());
    };
    let user_id = user.ok_or_else(|| fault::no_such_user(name.as_str()))?.id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.user_by_id(user_id).is_none() {
            return Err(fault::no_such_user(name.as_str()).into());
        }
        if account.login_profile(user_id).is_none() {
            return Err(fault::no_such_login_profile(name.as_str()).into());
        }
        Ok((Changes::delete(RecordKey::LoginProfile(user_id)), ()))
    })
    .await
}
