//! Deletes the role of a service, with its policies, and returns the id of the deletion task.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteServiceLinkedRole`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Change, Changes, PolicyEntity, Record, RecordKey, RoleDeletion};
use keyward_api::iam::{DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::RoleId;

use super::{DeletionTask, REMEMBERED_DELETIONS};

pub(crate) async fn delete_service_linked_role(
    call: Call<DeleteServiceLinkedRoleRequest>,
) -> Outcome<DeleteServiceLinkedRoleResponse> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let permit = call.authorize(Resource::role(account, &input.role_name, role))?;
    let asked_for = input.role_name.clone();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
    if !role.is_service_linked() {
        return Err(fault::not_a_service_role(role.name.as_str()).into());
    }
    let id = role.id;
    let task = DeletionTask::id(&role.path, &role.name, call.random()?);
    let deletion = RoleDeletion {
        task: task.as_str().into(),
        at: call.now(),
    };
    call.commit_and_answer(
        permit,
        DeleteServiceLinkedRoleResponse {
            deletion_task_id: task,
        },
        move |account: &Account| {
            if account.roles().get(id).is_none() {
                return Err(fault::no_such_role(asked_for.as_str()).into());
            }
            let gone = forgotten(account).into_iter().chain(records(account, id));
            let mut changes = Changes::delete_all(gone);
            let done = Record::RoleDeletion(deletion.clone());
            changes.changes.push(Change::Put(done));
            Ok((changes, ()))
        },
    )
    .await
}

/// The role and its policies.
fn records(account: &Account, role: RoleId) -> impl Iterator<Item = RecordKey> {
    let policies = account.policies(PolicyEntity::Role(role));
    let policies = policies.map(|policies| RecordKey::Policies(policies.entity));
    policies.into_iter().chain([RecordKey::Role(role)])
}

/// The oldest deletions, which are forgotten if there is no room for one more.
fn forgotten(account: &Account) -> Vec<RecordKey> {
    let mut known: Vec<&RoleDeletion> = account.role_deletions().collect();
    let too_many = (known.len() + 1).saturating_sub(REMEMBERED_DELETIONS);
    if too_many == 0 {
        return Vec::new();
    }
    known.sort_by(|one, other| (one.at, &one.task).cmp(&(other.at, &other.task)));
    let oldest = known.iter().take(too_many);
    oldest
        .map(|deletion| RecordKey::RoleDeletion(deletion.task.clone()))
        .collect()
}
