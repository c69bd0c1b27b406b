//! Lists, for each of several services, the policies of a user, group or role that allow it to use
//! the service.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `Arn` | required | text of 20 to 2048 characters |
//! | `ServiceNamespaces` | required | list of 1 to 200 elements of: text of 1 to 64 characters, `[\w-]*` |
//!
//! Permission: `iam:ListPoliciesGrantingServiceAccess`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400).
//!
//! <!-- end of facts -->

use std::collections::HashSet;

use keyward_account::{Account, PolicyEntity};
use keyward_api::iam::{
    ListPoliciesGrantingServiceAccessEntry, ListPoliciesGrantingServiceAccessRequest,
    ListPoliciesGrantingServiceAccessResponse, PolicyGrantingServiceAccess, PolicyOwnerEntityType,
    PolicyType,
};
use keyward_authorization::Managed;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_policy::Document;

use crate::iam::shared::entity_arn::EntityArn;
use crate::iam::shared::owner::name_of;
use crate::simulator::known_actions::KnownService;
use crate::simulator::service_access::grants;

pub(crate) async fn list_policies_granting_service_access(
    call: Call<ListPoliciesGrantingServiceAccessRequest>,
) -> Outcome<ListPoliciesGrantingServiceAccessResponse> {
    let (input, account) = (call.input(), call.account());
    let named =
        EntityArn::parse(&input.arn).ok_or_else(|| fault::invalid_entity_arn(&input.arn))?;
    let permit = call.authorize(named.resource(account, &input.arn))?;
    let entity = named
        .find(account)
        .ok_or_else(|| fault::no_such_arn(&input.arn))?;
    let policies = policies(account, call.managed(), entity).await?;
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for namespace in &input.service_namespaces {
        let service = KnownService::find(namespace);
        let service = service.ok_or_else(|| fault::invalid_service_namespace(namespace))?;
        if seen.insert(namespace) {
            let granting = policies
                .iter()
                .filter(|(document, _)| grants(document, &service));
            entries.push(ListPoliciesGrantingServiceAccessEntry {
                service_namespace: Some(namespace.clone()),
                policies: Some(granting.map(|(_, shown)| shown.clone()).collect()),
            });
        }
        tokio::task::yield_now().await;
    }
    permit.answer(ListPoliciesGrantingServiceAccessResponse {
        policies_granting_service_access: entries,
        is_truncated: Some(false),
        marker: None,
    })
}

/// All policies of an entity and of a user's groups, with their documents and as the answer shows
/// them. A policy that is attached to several of them is listed once.
async fn policies(
    account: &Account,
    managed: Managed<'_>,
    entity: PolicyEntity,
) -> Result<Vec<(Document, PolicyGrantingServiceAccess)>, Fault> {
    let groups = match entity {
        PolicyEntity::User(user) => account.groups_of(user).map(PolicyEntity::Group).collect(),
        PolicyEntity::Group(_) | PolicyEntity::Role(_) => Vec::new(),
    };
    let (mut policies, mut attached) = (Vec::new(), HashSet::new());
    for entity in [entity].into_iter().chain(groups) {
        let Some(held) = account.policies(entity) else {
            continue;
        };
        for policy in &held.inline {
            let shown = PolicyGrantingServiceAccess {
                policy_name: policy.name.clone(),
                policy_type: PolicyType::Inline,
                policy_arn: None,
                entity_type: Some(entity_type(entity)),
                entity_name: name_of(account, entity).map(str::to_owned),
            };
            policies.push((read(policy.document.text())?, shown));
            tokio::task::yield_now().await;
        }
        for id in &held.attached {
            let policy = managed.known(account, *id)?;
            if attached.insert(*id) {
                policies.push((document(policy)?, shown(account, policy)));
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(policies)
}

fn entity_type(entity: PolicyEntity) -> PolicyOwnerEntityType {
    match entity {
        PolicyEntity::User(_) => PolicyOwnerEntityType::User,
        PolicyEntity::Group(_) => PolicyOwnerEntityType::Group,
        PolicyEntity::Role(_) => PolicyOwnerEntityType::Role,
    }
}

fn shown(account: &Account, policy: Policy<'_>) -> PolicyGrantingServiceAccess {
    PolicyGrantingServiceAccess {
        policy_name: policy.name().clone(),
        policy_type: PolicyType::Managed,
        policy_arn: Some(policy.arn(account.id())),
        entity_type: None,
        entity_name: None,
    }
}

fn document(policy: Policy<'_>) -> Result<Document, Fault> {
    read(policy.default_text()?)
}

fn read(text: &str) -> Result<Document, Fault> {
    Document::parse(text).map_err(Fault::internal)
}
