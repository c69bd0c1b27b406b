//! A question as JSON, asked of the crate.

use std::sync::Arc;

use keyward_policy::{
    Compiled, Context, Decision, Document, Policies, PolicySet, Principal, Request, evaluate,
    opens_only_by_its_policy,
};
use serde_json::Value;

use crate::reference::{Decision as Decided, Who, who};

/// Decides a question by the crate.
pub(crate) fn decide(question: &Value) -> Decided {
    match ask(question, evaluate) {
        Decision::Allowed => Decided::Allowed,
        Decision::ImplicitDeny(_) => Decided::ImplicitDeny,
        Decision::ExplicitDeny(_) => Decided::ExplicitDeny,
    }
}

/// Puts a question to the crate.
pub(crate) fn ask<T>(question: &Value, ask: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
    let context = context(&question["context"]);
    let who = who(&question["principal"], &question["context"]);
    let action = question["action"].as_str().unwrap();
    let resource = question["resource"].as_str().unwrap();
    let mut request = Request::new(principal(&who), action, resource, &context);
    if let Some(account) = question["resourceAccount"].as_str() {
        request = request.on_resource_of(account);
    }
    let some = |name: &str| {
        let documents = question[name].as_array().filter(|list| !list.is_empty());
        documents.map(|list| set(list))
    };
    let levels = |name: &str| -> Vec<PolicySet> {
        let levels = question[name].as_array().into_iter().flatten();
        levels.map(|level| set(level.as_array().unwrap())).collect()
    };
    let (identity, boundary) = (some("identityPolicies"), some("permissionsBoundaries"));
    let (session, endpoint) = (some("sessionPolicies"), some("endpointPolicies"));
    let resource_policy = &question["resourcePolicy"];
    let resource = (!resource_policy.is_null()).then(|| set(std::slice::from_ref(resource_policy)));
    let (service, control) = (
        levels("serviceControlPolicies"),
        levels("resourceControlPolicies"),
    );
    let service_control: Vec<&PolicySet> = service.iter().collect();
    let resource_control: Vec<&PolicySet> = control.iter().collect();
    let policies = Policies {
        identity: identity.as_ref(),
        boundary: boundary.as_ref(),
        session: session.as_ref(),
        resource: resource.as_ref(),
        resource_must_allow: (resource.is_some() && crate::reference::is_about_trust(question))
            || opens_only_by_its_policy(question["resource"].as_str().unwrap()),
        service_control: &service_control,
        resource_control: &resource_control,
        endpoint: endpoint.as_ref(),
    };
    ask(&request, &policies)
}

fn set(documents: &[Value]) -> PolicySet {
    PolicySet::new(documents.iter().map(|document| {
        let text = document.to_string();
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Arc::new(Compiled::new(&document))
    }))
}

fn context(value: &Value) -> Context {
    let mut context = Context::default();
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Array(list) => {
                let values = list.iter().map(|value| value.as_str().unwrap().to_owned());
                context.set_several(key, values);
            }
            value => context.set(key, value.as_str().unwrap().to_owned()),
        }
    }
    context
}

fn principal(who: &Who) -> Principal<'_> {
    match who {
        Who::Anonymous => Principal::Anonymous,
        Who::Service(name) => Principal::Service { name },
        Who::Provider(provider) => Principal::Federated { provider },
        Who::Root { account } => Principal::Root { account },
        Who::User { account, arn } => Principal::User {
            account,
            arn,
            id: "",
        },
        Who::Session {
            account,
            arn,
            role_arn,
        } => Principal::RoleSession {
            account,
            role_arn,
            role_id: "",
            session_arn: arn,
            is_service_linked: role_arn.contains(":role/aws-service-role/"),
        },
        Who::Federated { account, arn } => Principal::FederatedUser { account, arn },
    }
}
