//! Renames a user or moves it to another path. All that belongs to the user stays with it.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `NewPath` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `NewUserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:UpdateUser`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `EntityAlreadyExists` (409), `EntityTemporarilyUnmodifiable` (409), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, User};
use keyward_api::iam::UpdateUserRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn update_user(call: Call<UpdateUserRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let new_path = input
        .new_path
        .clone()
        .or_else(|| user.map(|user| user.path.clone()));
    let new_name = input.new_user_name.as_ref().or(user.map(|user| &user.name));
    let now = Resource::user(account, &input.user_name, user);
    let then = Resource::new_user(
        account.id(),
        &new_path.unwrap_or_default(),
        new_name.unwrap_or(&input.user_name),
    )
    .becoming_of(&now);
    let permit = call.authorize_both(now, then)?;
    let asked_for = input.user_name.clone();
    let id = user
        .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?
        .id;
    let (new_path, new_name) = (input.new_path.clone(), input.new_user_name.clone());
    call.commit_and_answer(permit, (), move |account: &Account| {
        let user = account
            .user_by_id(id)
            .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?;
        if let Some(name) = &new_name
            && account
                .user(name.as_str())
                .is_some_and(|other| other.id != id)
        {
            return Err(fault::user_already_exists(name.as_str()).into());
        }
        let updated = User {
            name: new_name.clone().unwrap_or_else(|| user.name.clone()),
            path: new_path.clone().unwrap_or_else(|| user.path.clone()),
            ..user.clone()
        };
        if updated == *user {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::User(updated)), ()))
    })
    .await
}
