//! The context keys of a request to an operation here.

use keyward_account::Account;
use keyward_api::Service;
use keyward_names::Timestamp;
use keyward_policy::Context;

use crate::caller::{Caller, Principal};
use crate::circumstances::Circumstances;
use crate::gate::{Law, Question};

/// IAM is in this region wherever it is called.
const IAM_REGION: &str = "us-east-1";

/// What is known when an operation on a resource is judged, by its context keys. Of the keys that
/// AWS fills for a user, only those are left out that belong to what is not there: organizations,
/// endpoints, services that call on behalf, devices.
pub(crate) fn context(
    law: Law<'_>,
    caller: &Caller,
    (circumstances, now): (&Circumstances, Timestamp),
    (question, reading): (&Question, usize),
) -> Context {
    let account = law.account;
    let mut context = Context::default();
    add_principal(&mut context, account, caller);
    add_circumstances(&mut context, circumstances, now);
    let region = match question.action.service() {
        Service::Iam => Some(IAM_REGION),
        Service::Sts => circumstances.region.as_deref(),
    };
    if let Some(region) = region {
        context.set("aws:RequestedRegion", region);
    }
    let resource = &question.resource;
    context.set("aws:ResourceAccount", resource.account(account.id()));
    resource.add_own_keys(law, reading, &mut context);
    resource.add_request_keys(reading, &mut context);
    context
}

fn add_principal(context: &mut Context, account: &Account, caller: &Caller) {
    let account_id = account.id().to_string();
    context.set("aws:PrincipalArn", caller.arn(account));
    context.set("aws:PrincipalIsAWSService", "false");
    context.set("aws:ViaAWSService", "false");
    match caller.principal {
        Principal::Root => {
            context.set("aws:PrincipalType", "Account");
            context.set("aws:userid", account_id.as_str());
        }
        Principal::User(id) => {
            context.set("aws:PrincipalType", "User");
            context.set("aws:userid", id.as_str());
            if let Some(user) = account.user_by_id(id) {
                context.set("aws:username", user.name.as_str());
                for tag in &user.tags {
                    context.set(&format!("aws:PrincipalTag/{}", tag.key), &*tag.value);
                }
            }
        }
    }
    context.set("aws:PrincipalAccount", account_id);
}

fn add_circumstances(context: &mut Context, circumstances: &Circumstances, now: Timestamp) {
    context.set("aws:CurrentTime", now.to_string());
    context.set("aws:EpochTime", now.unix_seconds().to_string());
    context.set("aws:SecureTransport", circumstances.is_secure.to_string());
    if let Some(source) = circumstances.source {
        context.set("aws:SourceIp", source.to_string());
    }
    if let Some(user_agent) = &circumstances.user_agent {
        context.set("aws:UserAgent", user_agent.as_str());
    }
    if let Some(referer) = &circumstances.referer {
        context.set("aws:referer", referer.as_str());
    }
    if let Some(signed_in) = circumstances.signed_in {
        context.set("aws:TokenIssueTime", signed_in.to_string());
        context.set("aws:MultiFactorAuthPresent", "false");
    }
}
