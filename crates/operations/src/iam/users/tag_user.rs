//! Adds tags to a user, or overwrites those it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Tags` | required | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:TagUser`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, User};
use keyward_api::iam::TagUserRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;

pub(crate) async fn tag_user(call: Call<TagUserRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user).given_tags(&input.tags);
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.clone();
    let id = user
        .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?
        .id;
    if input.tags.is_empty() {
        return Err(fault::no_tags_given().into());
    }
    let added = tags::check_ignoring_case(&input.tags)?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let user = account
            .user_by_id(id)
            .ok_or_else(|| fault::no_such_user(asked_for.as_str()))?;
        let tags = tags::added_ignoring_case(&user.tags, &added)?;
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
