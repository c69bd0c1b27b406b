//! Tells about a user; without a name, about the caller.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:GetUser`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::Account;
use keyward_api::iam::{self, GetUserRequest, GetUserResponse};
use keyward_names::root_arn;

use crate::call::{Call, Outcome};
use crate::fault;
use crate::iam::subject::Subject;
use crate::iam::users::shown_alone;

pub(crate) async fn get_user(call: Call<GetUserRequest>) -> Outcome<GetUserResponse> {
    let account = call.account();
    let name = call.input().user_name.as_ref();
    let subject = Subject::named_or_caller(account, call.caller(), name)?;
    let permit = call.authorize(subject.resource(account))?;
    let user = match subject {
        Subject::Root => shown_root(account),
        Subject::User { name, user } => {
            let user = user.ok_or_else(|| fault::no_such_user(name.as_str()))?;
            shown_alone(account, user)
        }
    };
    permit.answer(GetUserResponse { user })
}

/// The root user goes by the account's id, and has neither a name nor a path.
fn shown_root(account: &Account) -> iam::User {
    let created = account.settings().map(|settings| settings.created);
    iam::User {
        path: None,
        user_name: None,
        user_id: account.id().to_string(),
        arn: root_arn(account.id()),
        create_date: created.unwrap_or(keyward_names::Timestamp::from_unix_seconds(0)),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}
