//! Makes the role of a service, with the policy that AWS has for the role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AWSServiceName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Description` |  | text of at most 1000 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` |
//! | `CustomSuffix` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:CreateServiceLinkedRole`.
//! Faults: `InvalidInput` (400), `LimitExceeded` (409), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{
    Account, Change, Changes, EntityPolicies, PolicyEntity, Record, Role, TrustPolicy,
};
use keyward_api::iam::{self, CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_managed_policies::{ServiceLinkedRole, service_linked_role};
use keyward_names::{ParseError, Path, RoleId, RoleName};
use keyward_policy::Document;

use super::path_of;
use crate::iam::roles::shown_in_profile;

/// How many characters the name of a role has at most.
const NAME_LENGTH: usize = 64;

pub(crate) async fn create_service_linked_role(
    call: Call<CreateServiceLinkedRoleRequest>,
) -> Outcome<CreateServiceLinkedRoleResponse> {
    let input = call.input();
    let service = input.aws_service_name.as_str();
    let path = path_of(service).map_err(|_| fault::no_such_service(service))?;
    let known = service_linked_role(service);
    let name = known.map(|known| name(known, input.custom_suffix.as_deref()));
    let name = name.transpose().map_err(Fault::internal)?;
    let permit = call.authorize(resource(&call, &path, name.as_ref()))?;
    let (Some(known), Some(name)) = (known, name) else {
        return Err(fault::no_such_service(service).into());
    };
    // Seen so: this is checked before whether the role exists.
    if input.custom_suffix.is_some() && !known.allows_suffix {
        return Err(fault::suffix_not_allowed(service).into());
    }
    if name.as_str().len() > NAME_LENGTH {
        return Err(fault::service_role_name_too_long(name.as_str()).into());
    }
    let role = Role {
        id: RoleId::mint(call.account().id(), call.random_number()?),
        name,
        path,
        created: call.now(),
        trust_policy: trust(service)?,
        description: input.description.as_deref().map(Into::into),
        max_session_duration: Role::DEFAULT_MAX_SESSION_DURATION,
        max_signin_session_duration: None,
        tags: Box::default(),
    };
    // Seen so: only this answer shows the trust policy with lists of one element.
    let told = trust_text(&format!(r#"["{service}"]"#), r#"["sts:AssumeRole"]"#);
    let shown = iam::Role {
        assume_role_policy_document: Some(told),
        ..shown_in_profile(call.account(), &role)
    };
    // The data may lack the policy; then the role has none.
    let policy = call.managed().find(call.account(), &known.policy_arn);
    let policies = EntityPolicies {
        attached: policy.map(Policy::id).into_iter().collect(),
        ..EntityPolicies::none(PolicyEntity::Role(role.id))
    };
    let quota = call.quotas().roles_per_account;
    let answer = CreateServiceLinkedRoleResponse { role: Some(shown) };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        let roles = account.roles();
        if roles.find(role.name.as_str()).is_some() {
            return Err(fault::service_role_name_taken(role.name.as_str()).into());
        }
        if roles.len() >= quota {
            return Err(fault::quota_exceeded("RolesPerAccount", quota).into());
        }
        if roles.get(role.id).is_some() {
            // One in many millions: another role has this random id.
            return Err(Refusal::stale());
        }
        let mut changes = vec![Change::Put(Record::Role(role.clone()))];
        if !policies.is_none() {
            changes.push(Change::Put(Record::Policies(policies.clone())));
        }
        let changes = Changes {
            changes,
            ..Changes::none()
        };
        Ok((changes, ()))
    })
    .await
}

/// The role that the request would make. For a service that is not known here the role's name is
/// not known either: then it is all roles under its path (unsure).
fn resource(
    call: &Call<CreateServiceLinkedRoleRequest>,
    path: &Path,
    name: Option<&RoleName>,
) -> Resource {
    let account = call.account().id();
    let resource = match name {
        Some(name) => Resource::new_role(account, path, name),
        None => Resource::all(account, "role", Some(path.as_str())),
    };
    resource.with_key("iam:AWSServiceName", call.input().aws_service_name.as_str())
}

fn name(known: &ServiceLinkedRole, suffix: Option<&str>) -> Result<RoleName, ParseError> {
    let name = known.role_name;
    match suffix {
        Some(suffix) => RoleName::parse(&format!("{name}_{suffix}")),
        None => RoleName::parse(name),
    }
}

fn trust(service: &str) -> Result<TrustPolicy, Fault> {
    let text = trust_text(&format!(r#""{service}""#), r#""sts:AssumeRole""#);
    let document = Document::parse(&text).map_err(Fault::internal)?;
    Ok(TrustPolicy::new(&text, &document, &|_| None))
}

fn trust_text(service: &str, action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Action":{action},"Effect":"Allow","Principal":{{"Service":{service}}}}}]}}"#
    )
}
