//! The authorization gate: whether a caller may do something to a resource.
//!
//! The account's root user may do everything; a user what its policies allow, and what the account's
//! password policy grants to every user, unless a policy denies it. A policy that can't be read
//! denies everything: the gate fails closed.

use keyward_account::{Account, User};
use keyward_api::OperationId;
use keyward_names::{Timestamp, UserId};
use keyward_policy::{Decision, Kind, Policies, Request, evaluate};

use crate::caller::{Caller, Principal};
use crate::circumstances::Circumstances;
use crate::context_keys::context;
use crate::fault::{self, Fault};
use crate::resource::{Resource, arn_of};

/// One thing that a caller wants to do.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) operation: OperationId,
    pub(crate) resource: Resource,
}

/// Judges a question by the account as it stands.
pub(crate) fn judge(
    account: &Account,
    caller: &Caller,
    (circumstances, now): (&Circumstances, Timestamp),
    question: &Question,
) -> Result<(), Fault> {
    if !caller.is_known(account) {
        return Err(fault::invalid_client_token_id());
    }
    let decision = match caller.principal {
        Principal::Root => Decision::Allowed,
        Principal::User(id) => {
            let user = account
                .user_by_id(id)
                .ok_or_else(fault::invalid_client_token_id)?;
            judge_user(account, (caller, user), (circumstances, now), question)?
        }
    };
    let denial = match decision {
        Decision::Allowed => return Ok(()),
        Decision::ImplicitDeny(kind) => fault::Denial::NothingAllows(kind),
        Decision::ExplicitDeny(kind) => fault::Denial::Denied(kind),
    };
    Err(fault::access_denied(
        &caller.arn(account),
        question.operation.action(),
        question.resource.arn(),
        denial,
    ))
}

fn judge_user(
    account: &Account,
    (caller, user): (&Caller, &User),
    (circumstances, now): (&Circumstances, Timestamp),
    question: &Question,
) -> Result<Decision, Fault> {
    let identity = account
        .identity_policies(user.id)
        .map_err(Fault::internal)?;
    let decision = match identity {
        None => Decision::ImplicitDeny(Kind::Identity),
        Some(identity) => {
            let Question {
                operation,
                resource,
            } = question;
            let asked = (*operation, resource);
            let context = context(account, caller, (circumstances, now), asked);
            let (account_id, arn) = (account.id().to_string(), arn_of(account, user));
            let principal = keyward_policy::Principal::User {
                account: &account_id,
                arn: &arn,
                id: user.id.as_str(),
            };
            let request = Request::new(principal, operation.action(), resource.arn(), &context);
            let policies = Policies {
                identity: Some(identity),
                ..Policies::default()
            };
            evaluate(&request, &policies)
        }
    };
    Ok(match decision {
        Decision::ImplicitDeny(_) if is_granted_to_every_user(account, question, user.id) => {
            Decision::Allowed
        }
        Decision::Allowed | Decision::ImplicitDeny(_) | Decision::ExplicitDeny(_) => decision,
    })
}

/// `AllowUsersToChangePassword` lets every user change their own password and read the policy it is
/// judged by.
fn is_granted_to_every_user(account: &Account, question: &Question, user: UserId) -> bool {
    let is_granted = account
        .password_policy()
        .is_some_and(|policy| policy.allow_users_to_change_password);
    is_granted
        && (question.operation == OperationId::IamGetAccountPasswordPolicy
            || (question.operation == OperationId::IamChangePassword
                && question.resource.user_id() == Some(user)))
}
