//! Takes tags from a user; keys that it does not have are no error.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `TagKeys` | required | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//!
//! Permission: `iam:UntagUser`.
//! Faults: `NoSuchEntity` (404), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, User};
use keyward_api::iam::UntagUserRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;

pub(crate) async fn untag_user(call: Call<UntagUserRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user).losing_tags(&input.tag_keys);
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.clone();
    let id = user
        .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?
        .id;
    let keys = input.tag_keys.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let user = account
            .user_by_id(id)
            .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?;
        let tags = tags::removed_ignoring_case(&user.tags, &keys);
        if tags == user.tags {
            return Ok((Changes::none(), ()));
        }
        Ok((
            Changes::put(Record::User(User {
                tags,
                ..user.clone()
            })),
            (),
        ))
    })
    .await
}
