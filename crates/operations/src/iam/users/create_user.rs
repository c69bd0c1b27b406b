//! Makes a user without password, keys and rights.
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
//! Faults: `LimitExceeded` (409), `EntityAlreadyExists` (409), `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500), `PolicyNotAttachable` (400).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Change, Changes, EntityPolicies, PolicyEntity, Record, User};
use keyward_api::OperationId;
use keyward_api::iam::{self, CreateUserRequest, CreateUserResponse};
use keyward_authorization::Managed;
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::UserId;

use crate::iam::permissions_boundaries::{self, shown_boundary};
use crate::iam::shared::tags;
use crate::iam::users::shown_alone;

pub(crate) async fn create_user(call: Call<CreateUserRequest>) -> Outcome<CreateUserResponse> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let given = input.tags.as_deref().unwrap_or_default();
    let boundary = input.permissions_boundary.as_deref();
    let boundary = boundary.map(|arn| call.stored_policy_arn(arn));
    let resource = Resource::new_user(account_id, &path, &input.user_name)
        .given_tags(given)
        .given_boundary(boundary.as_deref());
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        // Seen at AWS for roles: making one with tags needs the right to tag it.
        permit = call.authorize_also(permit, OperationId::IamTagUser, resource)?;
    }
    let boundary = input.permissions_boundary.as_deref();
    let boundary = boundary
        .map(|arn| permissions_boundaries::find(call.account(), call.managed(), arn))
        .transpose()?;
    let tags = tags::check_ignoring_case(given)?;
    let user = User {
        id: UserId::mint(account_id, call.random_number()?),
        name: input.user_name.clone(),
        path,
        created: call.now(),
        tags: tags.into(),
    };
    let quota = call.quotas().users_per_account;
    let shown = iam::User {
        permissions_boundary: input.permissions_boundary.as_deref().map(shown_boundary),
        ..shown_alone(call.account(), call.managed(), &user)
    };
    let answer = CreateUserResponse { user: Some(shown) };
    let (asked_for, aws) = (input.permissions_boundary.clone(), call.aws_policies());
    call.commit_and_answer(permit, answer, move |account: &Account| {
        if account.user(user.name.as_str()).is_some() {
            return Err(fault::user_already_exists(user.name.as_str()).into());
        }
        if account.users().len() >= quota {
            return Err(fault::quota_exceeded("UsersPerAccount", quota).into());
        }
        if account.user_by_id(user.id).is_some() {
            // One in many millions: another user has this random id.
            return Err(Refusal::stale());
        }
        let mut changes = vec![Change::Put(Record::User(user.clone()))];
        if let Some(boundary) = boundary {
            if Managed::new(&aws).by_id(account, boundary).is_none() {
                let arn = asked_for.as_deref().unwrap_or_default();
                return Err(fault::no_such_boundary(arn).into());
            }
            changes.push(Change::Put(Record::Policies(EntityPolicies {
                boundary: Some(boundary),
                ..EntityPolicies::none(PolicyEntity::User(user.id))
            })));
        }
        let changes = Changes {
            changes,
            ..Changes::none()
        };
        Ok((changes, ()))
    })
    .await
}
