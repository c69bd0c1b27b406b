//! Deletes a role that is in no instance profile and has no policies.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteRole`.
//! Faults: `NoSuchEntity` (404), `DeleteConflict` (409), `LimitExceeded` (409), `UnmodifiableEntity` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, PolicyEntity, RecordKey};
use keyward_api::iam::DeleteRoleRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::check_not_protected;
use crate::iam::shared::owner::check_no_policies;

pub(crate) async fn delete_role(call: Call<DeleteRoleRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
    check_not_protected(role)?;
    let id = role.id;
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.roles().get(id).is_none() {
            return Err(fault::no_such_role(asked_for.as_str()).into());
        }
        if account.profiles_of(id, None).next().is_some() {
            return Err(fault::must_remove_roles_from_instance_profile_first().into());
        }
        let policies = account.policies(PolicyEntity::Role(id));
        check_no_policies(policies)?;
        // A permissions boundary does not prevent it.
        let boundary = policies.map(|policies| RecordKey::Policies(policies.entity));
        Ok((
            Changes::delete_all(boundary.into_iter().chain([RecordKey::Role(id)])),
            (),
        ))
    })
    .await
}
