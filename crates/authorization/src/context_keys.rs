//! The condition context keys of a request.

use keyward_account::Account;
use keyward_api::Service;
use keyward_names::Timestamp;
use keyward_policy::Context;

use crate::access_request::AccessRequest;
use crate::caller::Caller;
use crate::policies_in_force::PoliciesInForce;
use crate::principal::Principal;
use crate::request_context::RequestContext;
use crate::sessions::{Holder, Session};

/// The region of IAM, wherever it is called.
const IAM_REGION: &str = "us-east-1";

/// The context keys of a question. Of the keys that AWS fills, only those are missing whose subject
/// does not exist here: organizations, VPC endpoints, services that call on behalf of someone.
pub(crate) fn context(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    access_request: &AccessRequest,
    reading: usize,
) -> Context {
    let account = in_force.account;
    let mut context = Context::default();
    add_principal(&mut context, account, caller);
    let mfa = caller.session().and_then(|session| session.mfa);
    add_request(&mut context, request_context, now, mfa);
    let region = match access_request.action.service() {
        Service::Iam => Some(IAM_REGION),
        Service::Sts => request_context.region.as_deref(),
    };
    if let Some(region) = region {
        context.set("aws:RequestedRegion", region);
    }
    let resource = &access_request.resource;
    context.set("aws:ResourceAccount", resource.account(account.id()));
    resource.add_own_keys(in_force, reading, &mut context);
    resource.add_request_keys(reading, &mut context);
    context
}

fn add_principal(context: &mut Context, account: &Account, caller: &Caller) {
    context.set("aws:PrincipalIsAWSService", "false");
    context.set("aws:ViaAWSService", "false");
    if let Caller::Unsigned = caller {
        return;
    }
    context.set("aws:PrincipalAccount", account.id().to_string());
    context.set("aws:userid", caller.user_id(account));
    match caller {
        Caller::Session(session) => add_session(context, account, session),
        Caller::Federated(vouched) => {
            context.set("aws:PrincipalType", "User");
            for key in &vouched.keys {
                set_provider_key(context, &key.name, &key.values);
            }
        }
        Caller::Own { .. } | Caller::Unsigned => {
            context.set("aws:PrincipalArn", caller.arn(account));
        }
    }
    match caller.principal() {
        Some(Principal::Root) => context.set("aws:PrincipalType", "Account"),
        Some(Principal::User(id)) => {
            context.set("aws:PrincipalType", "User");
            if let Some(user) = account.user_by_id(id) {
                context.set("aws:username", user.name.as_str());
            }
        }
        None => {}
    }
    for (key, value) in caller.tags(account) {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
}

fn add_session(context: &mut Context, account: &Account, session: &Session) {
    context.set("aws:PrincipalArn", session.principal_arn(account));
    context.set("aws:TokenIssueTime", session.issued.to_string());
    context.set(
        "aws:MultiFactorAuthPresent",
        session.mfa.is_some().to_string(),
    );
    match &session.holder {
        Holder::Own(_) => {}
        Holder::Federated(_) => context.set("aws:PrincipalType", "FederatedUser"),
        Holder::Role(role) => {
            context.set("aws:PrincipalType", "AssumedRole");
            if let Some(identity) = &role.source_identity {
                context.set("aws:SourceIdentity", &**identity);
            }
            if let Some(provider) = &role.provider {
                context.set("aws:FederatedProvider", &**provider);
            }
            for (key, value) in &role.keys {
                set_provider_key(context, key, value);
            }
        }
    }
}

/// Sets a context key from what an identity provider said. Keys of SAML have several values, except
/// those that name the subject; claims of other tokens have as many as the token.
fn set_provider_key(context: &mut Context, key: &str, values: &[Box<str>]) {
    match values {
        [value] => context.set(key, &**value),
        values => context.set_several(key, values.iter().map(|value| &**value)),
    }
}

fn add_request(
    context: &mut Context,
    request_context: &RequestContext,
    now: Timestamp,
    mfa: Option<Timestamp>,
) {
    context.set("aws:CurrentTime", now.to_string());
    context.set("aws:EpochTime", now.unix_seconds().to_string());
    context.set("aws:SecureTransport", request_context.is_secure.to_string());
    if let Some(source) = request_context.source {
        context.set("aws:SourceIp", source.to_string());
    }
    if let Some(user_agent) = &request_context.user_agent {
        context.set("aws:UserAgent", user_agent.as_str());
    }
    if let Some(referer) = &request_context.referer {
        context.set("aws:referer", referer.as_str());
    }
    if let Some(since) = mfa.map(|mfa| now.since(mfa)) {
        let age = since.as_seconds().max(0);
        context.set("aws:MultiFactorAuthAge", age.to_string());
    }
    if let Some(signed_in) = request_context.signed_in {
        context.set("aws:TokenIssueTime", signed_in.to_string());
        context.set("aws:MultiFactorAuthPresent", "false");
    }
}
