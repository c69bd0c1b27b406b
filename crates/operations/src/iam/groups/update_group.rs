//! Renames a group or moves it to another path. Its users and policies stay with it.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `NewPath` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `NewGroupName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:UpdateGroup`.
//! Faults: `NoSuchEntity` (404), `EntityAlreadyExists` (409), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Group, Record};
use keyward_api::iam::UpdateGroupRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn update_group(call: Call<UpdateGroupRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let new_path = input.new_path.as_ref().or(group.map(|group| &group.path));
    let new_name = input.new_group_name.as_ref();
    let new_name = new_name.or(group.map(|group| &group.name));
    let permit = call.authorize_both(
        Resource::group(account, &input.group_name, group),
        Resource::new_group(
            account.id(),
            &new_path.cloned().unwrap_or_default(),
            new_name.unwrap_or(&input.group_name),
        ),
    )?;
    let asked_for = input.group_name.clone();
    let id = group
        .ok_or_else(|| fault::no_such_group(asked_for.as_str()))?
        .id;
    let (new_path, new_name) = (input.new_path.clone(), input.new_group_name.clone());
    call.commit_and_answer(permit, (), move |account: &Account| {
        let groups = account.groups();
        let group = groups
            .get(id)
            .ok_or_else(|| fault::no_such_group(asked_for.as_str()))?;
        if let Some(name) = &new_name
            && groups
                .find(name.as_str())
                .is_some_and(|other| other.id != id)
        {
            return Err(fault::group_already_exists(name.as_str()).into());
        }
        let updated = Group {
            name: new_name.clone().unwrap_or_else(|| group.name.clone()),
            path: new_path.clone().unwrap_or_else(|| group.path.clone()),
            ..group.clone()
        };
        if updated == *group {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::Group(updated)), ()))
    })
    .await
}
