//! Shows the status of the deletion of a service-linked role, which has succeeded already.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `DeletionTaskId` | required | text of 1 to 1000 characters |
//!
//! Permission: `iam:GetServiceLinkedRoleDeletionStatus`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{
    DeletionTaskStatusType, GetServiceLinkedRoleDeletionStatusRequest,
    GetServiceLinkedRoleDeletionStatusResponse,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::DeletionTask;

pub(crate) async fn get_service_linked_role_deletion_status(
    call: Call<GetServiceLinkedRoleDeletionStatusRequest>,
) -> Outcome<GetServiceLinkedRoleDeletionStatusResponse> {
    let id = &call.input().deletion_task_id;
    let task = DeletionTask::parse(id).ok_or_else(fault::invalid_deletion_task)?;
    let account = call.account();
    // The role does not exist any more, so its ARN is made from the task's id.
    let resource = Resource::new_role(account.id(), &task.path, &task.role_name);
    let permit = call.authorize(resource)?;
    if account.role_deletion(id).is_none() {
        return Err(fault::no_such_deletion_task().into());
    }
    permit.answer(GetServiceLinkedRoleDeletionStatusResponse {
        status: DeletionTaskStatusType::Succeeded,
        reason: None,
    })
}
