//! Makes a user, who has neither a password nor keys nor rights yet.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Path` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PermissionsBoundary` |  | text of 20 to 2048 characters |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:CreateUser`.
//! Faults: `LimitExceeded` (409), `EntityAlreadyExists` (409), `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, User};
use keyward_api::OperationId;
use keyward_api::iam::{CreateUserRequest, CreateUserResponse};
use keyward_names::UserId;

use crate::call::{Call, Outcome};
use crate::fault;
use crate::iam::tags;
use crate::iam::users::shown_alone;
use crate::resource::Resource;

pub(crate) async fn create_user(call: Call<CreateUserRequest>) -> Outcome<CreateUserResponse> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let permit = call.authorize(Resource::new_user(account_id, &path, &input.user_name))?;
    if input.permissions_boundary.is_some() {
        let member = "PermissionsBoundary";
        return Err(fault::member_not_implemented(OperationId::IamCreateUser, member).into());
    }
    let tags = tags::check_ignoring_case(input.tags.as_deref().unwrap_or_default())?;
    let user = User {
        id: UserId::mint(account_id, call.random_number()?),
        name: input.user_name.clone(),
        path,
        created: call.now(),
        tags: tags.into(),
    };
    let quota = call.quotas().users_per_account;
    let shown = shown_alone(call.account(), &user);
    call.commit(&permit, move |account: &Account| {
        if account.user(user.name.as_str()).is_some() {
            return Err(fault::user_already_exists(user.name.as_str()).into());
        }
        if account.user_count() >= quota {
            return Err(fault::quota_exceeded("UsersPerAccount", quota).into());
        }
        Ok((Changes::put(Record::User(user.clone())), ()))
    })
    .await?;
    permit.answer(CreateUserResponse { user: Some(shown) })
}
