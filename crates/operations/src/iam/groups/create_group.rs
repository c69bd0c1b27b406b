//! Makes a group without users and policies.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Path` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:CreateGroup`.
//! Faults: `LimitExceeded` (409), `EntityAlreadyExists` (409), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Group, Record};
use keyward_api::iam::{CreateGroupRequest, CreateGroupResponse};
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::GroupId;

use super::shown;

pub(crate) async fn create_group(call: Call<CreateGroupRequest>) -> Outcome<CreateGroupResponse> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let resource = Resource::new_group(account_id, &path, &input.group_name);
    let permit = call.authorize(resource)?;
    let group = Group {
        id: GroupId::mint(account_id, call.random_number()?),
        name: input.group_name.clone(),
        path,
        created: call.now(),
    };
    let shown = shown(call.account(), &group);
    let quota = call.quotas().groups_per_account;
    let answer = CreateGroupResponse { group: shown };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        let groups = account.groups();
        if groups.find(group.name.as_str()).is_some() {
            return Err(fault::group_already_exists(group.name.as_str()).into());
        }
        if groups.len() >= quota {
            return Err(fault::quota_exceeded("GroupsPerAccount", quota).into());
        }
        if groups.get(group.id).is_some() {
            // One in many millions: another group has this random id.
            return Err(Refusal::stale());
        }
        Ok((Changes::put(Record::Group(group.clone())), ()))
    })
    .await
}
