//! Shows a user; without a name in the request, the caller.
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

use keyward_account::{Account, RootUser};
use keyward_api::iam::{self, GetUserRequest, GetUserResponse};
use keyward_authorization::Principal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::{Timestamp, root_arn};

use crate::iam::shared::subject::Subject;
use crate::iam::users::{password_uses, shown_alone};

pub(crate) async fn get_user(call: Call<GetUserRequest>) -> Outcome<GetUserResponse> {
    let account = call.account();
    let name = call.input().user_name.as_ref();
    let subject = Subject::named_or_caller(account, call.caller(), name)?;
    let permit = call.authorize(subject.resource(account))?;
    let user = match subject {
        Subject::Root => iam::User {
            password_last_used: root_password_use(&call).await,
            ..shown_root(account)
        },
        Subject::User { name, user } => {
            let user = user.ok_or_else(|| fault::no_such_user(name.as_str()))?;
            iam::User {
                password_last_used: password_uses(&call, &[user]).await.remove(&user.id),
                ..shown_alone(account, call.managed(), user)
            }
        }
    };
    permit.answer(GetUserResponse { user })
}

/// When the root user last signed in with its password, if it has one.
async fn root_password_use(call: &Call<GetUserRequest>) -> Option<Timestamp> {
    let has_password = |root: &RootUser| root.password.is_some();
    if !call.account().root_user().is_some_and(has_password) {
        return None;
    }
    let uses = call.password_uses(&[Principal::Root]).await;
    uses.into_iter().next().flatten()
}

/// The root user has the account's id, and neither a name nor a path.
fn shown_root(account: &Account) -> iam::User {
    let created = account.settings().map(|settings| settings.created);
    iam::User {
        path: None,
        user_name: None,
        user_id: account.id().to_string(),
        arn: root_arn(account.id()),
        create_date: created.unwrap_or(Timestamp::from_unix_seconds(0)),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}
